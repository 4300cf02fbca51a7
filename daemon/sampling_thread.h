// One thread and one wake-up for collectors of one period. Collectors that cannot block share a
// thread; one that can block has a thread of its own, so that a hung device ages only its series.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "core/worker.h"
#include "daemon/collector_runner.h"

namespace anemon {

class SamplingThread {
 public:
  // The runners, the clock and all that they use outlive the thread, also when it is abandoned.
  SamplingThread(const std::string& name, Duration period, std::vector<CollectorRunner*> runners,
                 Clock& clock);

  Duration period() const noexcept { return period_; }
  const std::vector<CollectorRunner*>& runners() const noexcept { return runners_; }

  // From here on the thread takes part in nothing new: it ends after the pass that runs.
  void request_stop() noexcept {
    stopping_ = true;
    worker_.request_stop();
  }
  bool stopping() const noexcept { return stopping_; }
  bool finished() const noexcept { return worker_.finished(); }
  // Lets go of a thread that hangs; see Worker::abandon.
  void abandon() noexcept { worker_.abandon(); }

 private:
  struct Wake {
    Mutex mutex;
    CondVar condition;
  };

  Duration period_;
  std::vector<CollectorRunner*> runners_;
  std::shared_ptr<Wake> wake_;
  bool stopping_ = false;
  Worker worker_;
};

}  // namespace anemon
