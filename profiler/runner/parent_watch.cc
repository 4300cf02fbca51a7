#include "profiler/runner/parent_watch.h"

#include <signal.h>
#include <unistd.h>

namespace anemon::profiler {

ParentWatch::ParentWatch(Duration period)
    : parent_(::getppid()),
      worker_(
          "parent-watch", [this, period](const StopFlag& stop) { watch(stop, period); },
          [this] {
            const Lock lock(mutex_);
            wake_.notify_all();
          }) {}

void ParentWatch::watch(const StopFlag& stop, Duration period) {
  const Lock lock(mutex_);
  while (!stop.requested()) {
    wake_.wait_for(mutex_, period);
    if (::getppid() == parent_) continue;
    if (::getpgrp() == ::getpid()) ::kill(0, SIGKILL);
    ::_exit(1);
  }
}

}  // namespace anemon::profiler
