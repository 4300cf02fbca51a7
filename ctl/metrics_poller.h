// Fetches the metrics again and again on a thread of its own, so that a daemon that hangs does not
// hang the keyboard.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "client/control_client.h"
#include "core/mutex.h"
#include "core/worker.h"
#include "ctl/metrics_snapshot.h"

namespace anemon {

class MetricsPoller {
 public:
  struct State {
    std::shared_ptr<const Json> now;  // null until the first answer
    uint64_t fetched = 0;
    std::string problem;  // of the last attempt; empty when it went well
  };

  // `client` is used by this object alone from here on, and outlives it.
  MetricsPoller(ControlClient& client, std::vector<std::string> match, Duration interval);
  ~MetricsPoller();  // at once, even while the daemon hangs

  State state() const ANEMON_EXCLUDES(mutex_);
  int fd() const { return reading_end_; }  // readable after a change
  void clear() const;                      // what made it readable

 private:
  void poll(const StopFlag& stop) ANEMON_EXCLUDES(mutex_);
  void fetch() ANEMON_EXCLUDES(mutex_);

  ControlClient& client_;
  const std::vector<std::string> match_;
  const Duration interval_;
  int reading_end_ = -1;
  int writing_end_ = -1;

  mutable Mutex mutex_;
  CondVar wake_;
  State state_ ANEMON_GUARDED_BY(mutex_);

  std::unique_ptr<Worker> worker_;
};

}  // namespace anemon
