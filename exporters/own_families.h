// The part of a page that does not come from series groups: the signal board, the reading sources
// and the daemon's own instruments. Small, and rendered for every page.
//
// Thread safety: one thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "exporters/sources.h"

namespace prometheus {
struct ClientMetric;
}

namespace anemon {

class OwnFamilies {
 public:
  // A series with all its lines (a histogram has many).
  struct Block {
    Metric metric;
    std::string_view name;   // tells the series of one metric apart
    std::string_view lines;  // each ends with a newline
  };

  explicit OwnFamilies(const Sources& sources) : sources_(sources) {}

  // Sorted by metric, then name; no two of the same metric and name. `canonical_bounds` writes
  // the bounds of buckets with a fraction always, as OpenMetrics wants. Valid until the next call.
  const std::vector<Block>& render(bool canonical_bounds);

 private:
  struct Piece {
    Metric metric;
    size_t begin, name_length, end;  // in text_; the name comes first
    size_t lines;                    // offset of the lines
  };

  void add_signals();
  void add_readings();
  void add_instruments(bool canonical_bounds);
  void add_histogram(const MetricInfo& row, const prometheus::ClientMetric& metric,
                     bool canonical_bounds);
  void add_sample(Metric metric, std::string_view name, double value);

  const Sources& sources_;

  // From the signal board's `signals_version_`.
  uint64_t signals_version_ = UINT64_MAX;
  std::string states_;                   // all lines of anemon_signal_state
  std::vector<std::string> time_names_;  // of anemon_signal_timestamp_seconds, by signal
  std::vector<std::optional<Duration>> times_;

  // Of the page being rendered; kept for their capacity.
  std::string text_;
  std::string labels_;
  std::vector<Piece> pieces_;
  std::vector<Block> blocks_;
  std::vector<Reading> readings_;
};

}  // namespace anemon
