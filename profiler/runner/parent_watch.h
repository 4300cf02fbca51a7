// Ends this process, and all of its group if it leads one, when the process that started it is
// gone: it may hang in a framework, where the end of its input is never seen.
//
// The parent's number is looked at once a second. Linux's signal at the parent's death would come
// sooner, but also when only the thread ends that started the process, and not on macOS.
#pragma once

#include "core/clock.h"
#include "core/mutex.h"
#include "core/worker.h"

namespace anemon::profiler {

class ParentWatch {
 public:
  explicit ParentWatch(Duration period = std::chrono::seconds(1));
  ParentWatch(const ParentWatch&) = delete;
  ParentWatch& operator=(const ParentWatch&) = delete;

 private:
  void watch(const StopFlag& stop, Duration period);

  const int parent_;
  Mutex mutex_;  // guards nothing but the wait
  CondVar wake_;
  Worker worker_;  // last: it uses the others
};

}  // namespace anemon::profiler
