// What a series is: a metric and its label values. Series live in a SeriesGroup (series_group.h).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/catalogue.h"
#include "core/clock.h"

namespace anemon {

// Immutable once published; shared by the writer and every reader.
struct SeriesDescription {
  Metric metric;
  std::vector<std::string> label_values;  // in the catalogue's order
  Provenance provenance;
  std::string exposition_name;  // `name{label="value"} `, ready for the text format

  std::string_view label(std::string_view name) const;  // empty when there is no such label
};

// Label values escaped as the Prometheus text format wants them; labels with empty values left out.
std::string exposition_name(const MetricInfo& metric, const std::vector<std::string>& label_values);

// A collector's handle of one series: keep it, and pass it to Pass::set at every pass. The group
// finds or makes the series on first use, and again if it had been evicted in between.
struct Series {
  Series(Metric series_metric, std::vector<std::string> values,
         std::optional<Provenance> origin = std::nullopt);

  Metric metric;
  std::vector<std::string> label_values;
  Provenance provenance;

 private:
  friend class SeriesGroup;
  uint32_t slot_ = 0;
  uint32_t incarnation_ = 0;  // 0: not in the store
  bool refused_ = false;      // and counted as such, until it is taken
  uint64_t retry_pass_ = 0;   // refused: do not ask again before this pass
};

// One point of a series' history. Raw samples have count 1.
struct Point {
  Instant at;  // of the sample, or of the first sample in the bucket
  double min, max, mean, last;
  uint32_t count;
};

}  // namespace anemon
