// Runs the enabled collectors on sampling threads and watches over them.
//
// Thread safety: any thread, after construction. apply and stop take turns; nothing starts after
// stop.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "config/config.h"
#include "daemon/sampling_thread.h"

namespace anemon {

class Scheduler {
 public:
  // The runners in the order of the collector table; they and the clock outlive the scheduler, and
  // the process when stop() says that threads had to be abandoned.
  Scheduler(std::vector<CollectorRunner*> runners, Instruments& instruments, Clock& clock,
            Log& log);
  ~Scheduler();  // stops, waiting for ever: call stop() first where a device may hang

  // Starts, moves and stops collectors as the configuration says. Collectors that stay as they were
  // are not disturbed. One that hangs keeps its thread and its old period: never a second one.
  void apply(const std::map<std::string, Config::Collector, std::less<>>& settings);

  // Stops every thread, waiting at most `patience` for passes to end. Returns the names of
  // collectors that hang and whose threads were abandoned.
  std::vector<std::string> stop(Duration patience);

  bool enabled(std::string_view collector) const;

  // Enabled collectors without a good pass within their freshness limit.
  std::vector<std::string> stale_collectors(Instant now) const;

 private:
  void start_watchdog();
  void watch(const StopFlag& stop);

  // Constant after construction.
  const std::vector<CollectorRunner*> runners_;
  Clock& clock_;
  Log& log_;
  prometheus::Counter& wakes_;
  prometheus::Counter& asleep_;

  Mutex turn_mutex_;  // held for the whole of apply and stop
  std::vector<std::unique_ptr<SamplingThread>> threads_ ANEMON_GUARDED_BY(turn_mutex_);
  bool stopped_ ANEMON_GUARDED_BY(turn_mutex_) = false;

  mutable Mutex mutex_;
  std::map<std::string, bool, std::less<>> enabled_ ANEMON_GUARDED_BY(mutex_);

  Mutex watchdog_mutex_;
  CondVar watchdog_wake_;
  std::unique_ptr<Worker> watchdog_;
};

}  // namespace anemon
