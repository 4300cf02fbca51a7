#include "platform/replay_clock.h"

namespace anemon {

ReplayClock::ReplayClock(TracePlayer& player, double speed, const Clock& real)
    : player_(player), speed_(speed), real_(real), start_(real.now()) {}

Instant ReplayClock::now() const {
  const auto real = static_cast<double>((real_.now().awake - start_.awake).count());
  const Duration elapsed(static_cast<int64_t>(real * speed_));
  const Duration awake = player_.first() + elapsed;
  const Duration slept = player_.advance(awake);
  return {awake, start_.continuous + elapsed + slept, start_.wall + elapsed + slept};
}

void ReplayClock::wait_until(CondVar& condition, Mutex& mutex, Duration awake_deadline) {
  const auto left = static_cast<double>((awake_deadline - now().awake).count()) / speed_;
  // Rounded up, so that whoever waits does not wake just before.
  if (left > 0) condition.wait_for(mutex, Duration(static_cast<int64_t>(left) + 1));
}

}  // namespace anemon
