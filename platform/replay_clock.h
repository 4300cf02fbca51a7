// Time of a recording: it begins at the recording's first moment, which is now by the wall clock,
// and runs `speed` times as fast as real time. Sleep that was recorded lets the continuous and the
// wall clock jump, as real sleep does. Asking the time plays the recording up to it.
//
// Thread safety: any thread.
#pragma once

#include "platform/trace_player.h"

namespace anemon {

class ReplayClock final : public Clock {
 public:
  static constexpr double kSlowest = 0.01;
  static constexpr double kFastest = 100;  // beyond, passes would come too late

  ReplayClock(TracePlayer& player, double speed, const Clock& real);

  Instant now() const override;
  void wait_until(CondVar& condition, Mutex& mutex, Duration awake_deadline)
      ANEMON_REQUIRES(mutex) override;

 private:
  TracePlayer& player_;
  const double speed_;
  const Clock& real_;
  const Instant start_;  // of real time
};

}  // namespace anemon
