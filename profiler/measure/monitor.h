// Watching a program that runs: a session of the daemon, and what the program reports of its
// inferences. Without reports throughput is absent; without a daemon everything is, with a reason.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "core/json.h"

namespace anemon::profiler {

struct MonitorRequest {
  std::string model;         // its name, as the program reports it, or a path
  std::optional<pid_t> pid;  // unset: the calling process
  std::filesystem::path socket;
};

// One thread at a time.
class Monitor {
 public:
  // Starts a session where a daemon answers.
  explicit Monitor(const MonitorRequest& request);
  ~Monitor();  // ends the session
  Monitor(const Monitor&) = delete;
  Monitor& operator=(const Monitor&) = delete;

  Json current();  // a document anemon.result/1 of kind "monitor", up to now
  Json stop();     // the last one

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace anemon::profiler
