// Drivers stamp what they publish with mach_absolute_time(), which is the awake clock's time.
#pragma once

#include <cstdint>
#include <optional>

#include "core/clock.h"

namespace anemon {

// Unset for a stamp of zero (nothing was published yet) and for more than a Duration can hold.
std::optional<Duration> awake_of_stamp(uint64_t ticks);

Duration awake_now();

}  // namespace anemon
