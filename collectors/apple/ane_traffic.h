// Bytes that one Neural Engine moves: counted by the memory controller where the system lets us
// read it, else estimated from histograms of each link's bandwidth, which the power management
// processor samples while the link is on:
//
//   bytes = sum over bins of (middle of the bin x samples) / samples a second
//
// The top bin is open, so a busy link moves more than that; the share of samples in it is told.
// Memory and fabric are not added: what the engine's cache answers is in the fabric alone.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "collectors/apple/ane_channels.h"
#include "collectors/apple/channel_delta.h"
#include "collectors/pass.h"
#include "collectors/signal_line.h"
#include "core/series.h"

namespace anemon {

class AneTraffic {
 public:
  // `samples_per_second` of a link's histogram on this chip; without it nothing is estimated.
  AneTraffic(const std::string& engine, std::optional<double> samples_per_second);

  void add(uint32_t index, AneRole role, const Channel& channel);
  // Other channels tell it from now on; what was counted stays.
  void detach();
  void feed(Pass& pass, const ChannelValue& value, Duration at);
  void rebaseline() noexcept;

  void set_readings(Pass& pass, Duration at, bool counters_refused);
  void report_lost(Pass& pass, SignalState state, const char* reason);

  // With more than this in the top bin the ratio of two paths says nothing.
  static constexpr double kMostClipped = 0.1;

 private:
  enum Path : uint8_t { memory, fabric };
  enum Direction : uint8_t { read, write };

  struct Histogram {  // of one link, path and direction
    uint32_t channel;
    Path path;
    Direction direction;
    std::vector<double> bins;
    ChannelDelta delta{};
    // Of the last publication; `weighted` is the sum over bins of middle times samples.
    double samples = 0, top = 0, weighted = 0;
  };
  struct Counter {
    uint32_t channel;
    Direction direction;
    ChannelDelta delta{};
  };

  struct Shares {  // of one path, over the links' last publications
    double samples = 0, top = 0, bytes = 0;
    bool current = false;
  };
  Shares shares(Path path, Duration at) const;
  void set_estimates(Pass& pass, Duration at, bool counted);

  const std::optional<double> samples_per_second_;
  std::vector<Histogram> histograms_;
  std::vector<Counter> counters_;
  bool bins_known_ = true;
  bool counted_ = false;                                    // a counter has moved
  bool sampled_ = false;                                    // a histogram has
  std::array<double, 2> counted_bytes_{};                   // by direction
  std::array<std::array<double, 2>, 2> estimated_bytes_{};  // by path and direction
  std::array<std::array<bool, 2>, 2> has_{};
  std::vector<Series> counted_series_, memory_series_, fabric_series_;  // by direction
  std::array<Series, 2> clipped_series_;
  Series cache_series_;
  SignalLine counted_line_, estimated_line_, clipped_line_, cache_line_;
};

}  // namespace anemon
