// A clock that moves only when the test says so. Threads that wait on it wake when it reaches
// their deadline, so that no test sleeps for time to pass.
#pragma once

#include "core/clock.h"

namespace anemon::test {

class ManualClock final : public Clock {
 public:
  explicit ManualClock(Instant start = {std::chrono::seconds(1000), std::chrono::seconds(1000),
                                        std::chrono::seconds(1'700'000'000)})
      : now_(start) {}

  Instant now() const override {
    const Lock lock(mutex_);
    return now_;
  }

  void advance(Duration by) { move(by, by); }
  // The machine sleeps: only the continuous and the wall clock go on.
  void sleep(Duration by) { move(Duration::zero(), by); }
  void jump_wall(Duration by) {
    const Lock lock(mutex_);
    now_.wall += by;
  }

  // Waits in real time for the notification, or for `advance` to pass the deadline (polled each
  // millisecond: a foreign condition variable cannot be woken without holding its mutex).
  void wait_until(CondVar& condition, Mutex& mutex, Duration awake_deadline)
      ANEMON_REQUIRES(mutex) override {
    if (now().awake >= awake_deadline) return;
    condition.wait_for(mutex, std::chrono::milliseconds(1));
  }

 private:
  void move(Duration awake, Duration others) {
    const Lock lock(mutex_);
    now_.awake += awake;
    now_.continuous += others;
    now_.wall += others;
  }

  mutable Mutex mutex_;
  Instant now_ ANEMON_GUARDED_BY(mutex_);
};

}  // namespace anemon::test
