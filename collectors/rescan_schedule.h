// When to look again which devices there are: every minute, and soon after one was found gone.
#pragma once

#include "core/clock.h"

namespace anemon {

class RescanSchedule {
 public:
  // True when a scan is due at `now`; it then counts as done.
  bool due(Duration awake) noexcept {
    const Duration wait = hurry_ ? kHurried : kRegular;
    if (scanned_ && awake - last_ < wait) return false;
    scanned_ = true;
    hurry_ = false;
    last_ = awake;
    return true;
  }

  // A device that was there is gone.
  void hurry() noexcept { hurry_ = true; }

  static constexpr Duration kRegular = std::chrono::seconds(60);
  static constexpr Duration kHurried = std::chrono::seconds(5);

 private:
  bool scanned_ = false;
  bool hurry_ = false;
  Duration last_{};
};

}  // namespace anemon
