// The ticks in which Mach counts time (those of mach_absolute_time), as durations.
#pragma once

#include <mach/mach_time.h>

#include <cstdint>

#include "core/clock.h"

namespace anemon {

class MachTicks {
 public:
  MachTicks() {
    mach_timebase_info_data_t timebase{};
    if (mach_timebase_info(&timebase) != KERN_SUCCESS || timebase.denom == 0) return;
    numerator_ = timebase.numer;
    denominator_ = timebase.denom;
  }

  // In two parts: at 125/3, the product of a whole count would overflow after some months.
  Duration to_duration(uint64_t ticks) const {
    return Duration(static_cast<int64_t>(ticks / denominator_ * numerator_ +
                                         ticks % denominator_ * numerator_ / denominator_));
  }

 private:
  uint64_t numerator_ = 1, denominator_ = 1;
};

}  // namespace anemon
