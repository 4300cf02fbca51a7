// Throttle triggers of one Neural Engine. Their two states together count all time, always: only
// the time in ACT says anything.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "collectors/apple/channel_delta.h"
#include "collectors/pass.h"
#include "collectors/signal_line.h"
#include "core/series.h"

namespace anemon {

class AneThrottle {
 public:
  explicit AneThrottle(const std::string& engine);

  void add(uint32_t index, const std::string& trigger, const Channel& channel);
  // Other channels make the triggers from now on; what was counted stays.
  void detach() noexcept;
  void feed(Pass& pass, const ChannelValue& value, Duration at);
  void rebaseline() noexcept;
  void set_readings(Pass& pass, Duration at);
  void report_lost(Pass& pass, SignalState state, const char* reason);

 private:
  struct Trigger {
    std::string name;
    std::optional<uint32_t> channel;
    size_t active;  // the state ACT
    double ticks;   // in a second
    ChannelDelta delta{};
    double seconds = 0;
    Series series;
  };

  std::string engine_;
  std::vector<Trigger> triggers_;
  SignalLine line_;
};

}  // namespace anemon
