// How long the Neural Engine worked, by signals that are not its energy: evidence against an energy
// counter that stands still.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "core/clock.h"
#include "platform/ioreport.h"

namespace anemon {

// For ChannelSelection::keep of the groups PMP and ANE, numbered ones included.
bool is_ane_floor(const Channel& channel);     // the memory clock that the engine asks for
bool is_ane_firmware(const Channel& channel);  // the state of its firmware's processor

class EngineActivity {
 public:
  // `chip` as in HostFacts: the lowest floors are idle, and which those are differs.
  explicit EngineActivity(std::string_view chip);

  // Which of the channels to follow. The firmware's state only where there is no floor: it is awake
  // for some seconds after the last request.
  void select(std::span<const Channel> channels);

  void begin(Duration at) noexcept;
  void feed(const ChannelValue& value) noexcept;  // one that `follows`
  bool follows(uint32_t channel) const noexcept {
    return channel < watch_of_.size() && watch_of_[channel] >= 0;
  }
  // The time worked between this sample and the last one.
  Duration end() noexcept;

  void rebaseline() noexcept;

 private:
  struct Watch {
    uint32_t channel;
    std::vector<double> activity;  // by state: above 0 if it means work
    bool started = false;
    int64_t active_ticks = 0;
    int64_t ticks = 0;
  };

  const uint32_t idle_floor_;
  std::vector<Watch> watches_;
  std::vector<int32_t> watch_of_;  // by channel; -1: not followed
  std::optional<Duration> last_;
  Duration at_{};
  double share_ = 0;  // of the busiest, in this sample
};

}  // namespace anemon
