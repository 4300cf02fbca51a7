// The composition of the daemon: the only place that knows collectors, store, sessions, exporters
// and sockets all at once. What each of them does is written in its own folder.
//
// Threads: construct, run and shut down on the main thread; reload and status from any.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "daemon/command_line.h"

namespace anemon {

class Daemon {
 public:
  // Takes the state directory's lock, reserves the store and binds the sockets; throws Error.
  explicit Daemon(CommandLine command_line);
  ~Daemon();

  // Starts sampling and answering.
  void start();

  // Reads the configuration again and takes it as one; a bad file changes nothing. Returns the keys
  // that wait for a restart. Throws ConfigError.
  std::vector<std::string> reload();

  // Stops accepting, finishes answers, closes sessions durably, stops sampling: within 3 s. Returns
  // false when threads that hang in a device had to be abandoned: the process must then end without
  // destroying the daemon.
  bool shut_down();

 private:
  class Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace anemon
