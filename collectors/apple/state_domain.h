// One domain of clocks with performance states in one IOReport channel: a processor cluster, a
// core, the graphics engine. Residencies become times, their mean clock and the share of activity.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "collectors/apple/channel_delta.h"
#include "collectors/apple/clock_ladder.h"
#include "collectors/apple/performance_channels.h"
#include "collectors/pass.h"
#include "collectors/signal_line.h"
#include "core/series.h"

namespace anemon {

// How much of a domain is shown: of cores only the share of activity and the mean clock.
enum class DomainDetail : uint8_t { full, brief };

class StateDomain {
 public:
  using ParseState = std::optional<PerformanceState> (*)(std::string_view);

  // `channel` with its index; its states are joined by name with the ladder later.
  StateDomain(uint32_t index, const Channel& channel, std::string name, ParseState parse,
              DomainDetail detail);

  uint32_t channel() const noexcept { return channel_; }
  const std::string& name() const noexcept { return name_; }
  // Entries that a ladder must have to fit the states; 0 when the states are of no ladder.
  size_t levels() const noexcept { return levels_; }
  bool has_ladder() const noexcept { return !ladder_.empty(); }
  void join(FoundLadder found);
  // Goes on where `old`, a domain of the same name, was.
  void go_on(const StateDomain& old);

  void feed(Pass& pass, const ChannelValue& value, Duration at);
  void rebaseline() noexcept;

  // Clocks and activity, then what is many: call them in this order, so that tables of states go
  // short first when there is no room for all series.
  void set_readings(Pass& pass, Duration at);
  void set_residencies(Pass& pass);

  // The subscription ended: every signal of the domain is in this state.
  void report_lost(Pass& pass, SignalState state, const char* reason);

 private:
  struct State {
    PerformanceState means;
    double seconds = 0;
    Series series;
  };

  void name_states(const Channel& channel);

  uint32_t channel_;
  std::string name_;
  std::vector<std::string> state_names_;
  std::vector<State> states_;
  size_t levels_ = 0;
  DomainDetail detail_;
  std::optional<double> ticks_;  // in a second
  ClockLadder ladder_;
  const char* ladder_problem_ = "no clock table";
  double lowest_ = 0, highest_ = 0;
  ChannelDelta delta_;
  std::optional<double> clock_, ratio_;  // of the last publication
  bool plausible_ = true;
  bool counts_ = true;  // the last publication had any time in it
  Series clock_series_, ratio_series_, minimum_series_, maximum_series_;
  SignalLine clock_line_, ratio_line_, limit_line_, residency_line_;
};

}  // namespace anemon
