// The three times of the program, all injectable.
//
//  awake       stops while the machine sleeps; rates, periods and deadlines use it.
//              Linux CLOCK_MONOTONIC, macOS CLOCK_UPTIME_RAW.
//  continuous  goes on while the machine sleeps; compared with awake, it reveals a sleep.
//              Linux CLOCK_BOOTTIME, macOS CLOCK_MONOTONIC_RAW.
//  wall        Unix time; only for people. It may jump and is never subtracted.
#pragma once

#include <chrono>
#include <cstdint>

#include "core/mutex.h"

namespace anemon {

using Duration = std::chrono::nanoseconds;

constexpr double to_seconds(Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

// Nanoseconds since the clock's own start (awake, continuous) or since 1970 (wall).
struct Instant {
  Duration awake{};
  Duration continuous{};
  Duration wall{};
};

class Clock {
 public:
  virtual ~Clock() = default;
  virtual Instant now() const = 0;
  virtual Duration awake() const { return now().awake; }

  // Releases `mutex` and blocks until `condition` is notified or awake time reaches `deadline`,
  // whichever is first; may return early for no reason. The caller re-checks both in a loop.
  virtual void wait_until(CondVar& condition, Mutex& mutex, Duration awake_deadline)
      ANEMON_REQUIRES(mutex) = 0;
};

class SystemClock final : public Clock {
 public:
  Instant now() const override;
  Duration awake() const override;
  void wait_until(CondVar& condition, Mutex& mutex, Duration awake_deadline)
      ANEMON_REQUIRES(mutex) override;
};

// Tells how long the machine slept between successive observations. One observer, one thread.
class SleepDetector {
 public:
  explicit SleepDetector(Instant start) : last_(start) {}

  // Time slept since the last call; zero when none. Differences below the threshold are drift of
  // the two clocks, not sleep.
  Duration observe(Instant now);

  static constexpr Duration kThreshold = std::chrono::milliseconds(500);

 private:
  Instant last_;
};

}  // namespace anemon
