// Renders everything the daemon knows as a Prometheus page.
//
// Sampled series come straight from the store: their names are rendered once, into a layout that
// merges the groups' directories and is rebuilt only when one of those changed. A scrape then
// copies names and formats values; it allocates for the page, not for its series.
//
// Families are in the catalogue's order, each with one HELP and TYPE; series in the order of their
// names; no series twice; no value that is not current, and never NaN.
//
// Thread safety: one thread. Sampled series are read without a lock. The daemon's own
// histograms are prometheus-cpp's: collecting one holds its mutex for the copy of its buckets, and
// a sampling thread that observes a duration at that moment waits for so long.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "exporters/current_series.h"
#include "exporters/own_families.h"
#include "exporters/sources.h"

namespace anemon {

enum class ExpositionFormat : uint8_t {
  text,        // Prometheus text 0.0.4
  openmetrics  // OpenMetrics 1.0
};

// The exact media type with its parameters.
std::string_view content_type(ExpositionFormat format);

class Exposition {
 public:
  // `sources` must outlive it.
  explicit Exposition(const Sources& sources);

  // Replaces `out`. Returns the awake time until which its readings are current; Duration::max()
  // when none of them can turn stale.
  Duration render(ExpositionFormat format, Instant now, std::string& out);

 private:
  // One series of the page.
  struct Row {
    uint32_t name;         // offset in `names_`
    uint32_t name_length;  // with the blank before the value
    uint32_t value;        // its number in `series_`
    Metric metric;
    bool repeated;  // the row before has the same name: two groups know the series
  };

  void rebuild_layout();

  std::array<std::vector<std::string>, 2> heads_;  // HELP and TYPE by format and metric
  CurrentSeries series_;
  std::vector<Row> rows_;
  std::string names_;
  size_t rows_bound_ = 0;  // bytes that all rows and heads can take at most
  OwnFamilies own_;
};

}  // namespace anemon
