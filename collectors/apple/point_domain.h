// A domain whose clock points are channels of their own, each with the states INACT and ACT: the
// Neural Engine's clock (`SOC<n>_ANE_F<k>`), the memory's (`DCS_F<n>`). Which point is how many
// hertz is known only when there are as many points as clocks in the engine's table.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "collectors/apple/channel_delta.h"
#include "collectors/apple/clock_ladder.h"
#include "collectors/pass.h"
#include "collectors/signal_line.h"
#include "core/series.h"

namespace anemon {

class PointDomain {
 public:
  explicit PointDomain(std::string name);

  const std::string& name() const noexcept { return name_; }
  void add(uint32_t index, uint32_t number, const Channel& channel, size_t active);
  // All points were added. An empty ladder: the domain's clocks are not known.
  void join(const ClockLadder& ladder, const char* problem);
  // Goes on where `old`, a domain of the same name, was. After all points were added.
  void go_on(const PointDomain& old);

  bool feed(Pass& pass, const ChannelValue& value, Duration at);  // false: not one of its channels
  void rebaseline() noexcept;
  void set_readings(Pass& pass, Duration at);
  void set_residencies(Pass& pass);
  void report_lost(Pass& pass, SignalState state, const char* reason);

 private:
  struct Point {
    uint32_t channel, number;
    size_t active;
    std::optional<double> ticks;  // in a second
    double hertz = 0;             // 0: not known
    ChannelDelta delta{};
    double seconds = 0;
    double share_seconds = 0;  // of the last publication
    Series series;
  };

  std::string name_;
  std::vector<Point> points_;
  bool has_clocks_ = false;
  double lowest_ = 0, highest_ = 0;
  const char* problem_ = "";
  Series clock_series_, minimum_series_, maximum_series_;
  SignalLine clock_line_, limit_line_, residency_line_;
};

}  // namespace anemon
