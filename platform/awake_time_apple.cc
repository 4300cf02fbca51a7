#include "platform/awake_time_apple.h"

#include <mach/mach_time.h>

#include "platform/mach_ticks_apple.h"

namespace anemon {
namespace {

const MachTicks& timebase() {
  static const MachTicks ticks;
  return ticks;
}

}  // namespace

std::optional<Duration> awake_of_stamp(uint64_t ticks) {
  constexpr uint64_t kMost = uint64_t{1} << 56;  // 95 years; garbage beyond
  if (ticks == 0 || ticks > kMost) return std::nullopt;
  return timebase().to_duration(ticks);
}

Duration awake_now() { return timebase().to_duration(mach_absolute_time()); }

}  // namespace anemon
