#include "core/clock.h"

#include <time.h>

#include <algorithm>

namespace anemon {
namespace {

#if defined(__APPLE__)
constexpr clockid_t kAwake = CLOCK_UPTIME_RAW;
constexpr clockid_t kContinuous = CLOCK_MONOTONIC_RAW;
#else
constexpr clockid_t kAwake = CLOCK_MONOTONIC;
constexpr clockid_t kContinuous = CLOCK_BOOTTIME;
#endif

Duration read(clockid_t id) {
  timespec t{};
  clock_gettime(id, &t);
  return std::chrono::seconds(t.tv_sec) + std::chrono::nanoseconds(t.tv_nsec);
}

}  // namespace

Instant SystemClock::now() const { return {read(kAwake), read(kContinuous), read(CLOCK_REALTIME)}; }

Duration SystemClock::awake() const { return read(kAwake); }

void SystemClock::wait_until(CondVar& condition, Mutex& mutex, Duration awake_deadline) {
  const Duration left = awake_deadline - read(kAwake);
  if (left > Duration::zero()) condition.wait_for(mutex, left);
}

Duration SleepDetector::observe(Instant now) {
  const Duration slept = (now.continuous - last_.continuous) - (now.awake - last_.awake);
  last_ = now;
  return slept >= kThreshold ? slept : Duration::zero();
}

}  // namespace anemon
