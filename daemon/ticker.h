// Absolute deadlines without drift: tick n is due at start + n * period, however late earlier ones
// ran. Ticks that passed while a pass was running are missed: counted, never made up for.
#pragma once

#include <cstdint>

#include "core/clock.h"

namespace anemon {

class Ticker {
 public:
  // The first tick is due at once. Times are of the awake clock.
  Ticker(Duration start, Duration period) : due_(start), period_(period) {}

  Duration due() const noexcept { return due_; }

  // Ends the tick that was due and moves on to the next one after `now`. Returns the missed ticks.
  uint64_t advance(Duration now) noexcept {
    due_ += period_;
    if (now < due_) return 0;
    const int64_t missed = (now - due_) / period_ + 1;
    due_ += missed * period_;
    return static_cast<uint64_t>(missed);
  }

 private:
  Duration due_;
  Duration period_;
};

}  // namespace anemon
