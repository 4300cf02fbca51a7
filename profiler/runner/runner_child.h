// The runner as a process: started in a group of its own with three pipes, killed with everything
// it started. Speaks no protocol.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "core/clock.h"
#include "platform/file_descriptor.h"

namespace anemon::profiler {

struct ChildExit {
  bool reaped = false;  // false: not even SIGKILL ended it; it is stuck in the kernel
  int status = 0;       // as waitpid gives it
  Duration cpu{};
  int64_t max_resident_bytes = 0;
};

// One thread. This end of the pipes is non-blocking.
class RunnerChild {
 public:
  // 0, or the errno that says why there is no such process. `words`: program (sought on PATH if it
  // has no slash) and arguments.
  int start(const std::vector<std::string>& words);
  RunnerChild() = default;
  ~RunnerChild();  // killed and reaped
  RunnerChild(const RunnerChild&) = delete;
  RunnerChild& operator=(const RunnerChild&) = delete;

  pid_t pid() const { return pid_; }  // 0: none
  bool ended() const;                 // without reaping, so that pid and group stay its own

  // Kills what is left of the group and reaps. The pipes to read from stay open.
  ChildExit finish();

  int input() const { return input_.get(); }    // its standard input, to be written
  int output() const { return output_.get(); }  // its standard output, to be read
  int errors() const { return errors_.get(); }
  void close_input() { input_ = FileDescriptor(); }
  void close_output() { output_ = FileDescriptor(); }
  void close_errors() { errors_ = FileDescriptor(); }

  // Like write(2), but a reader that is gone is EPIPE without a signal, whatever this program does
  // with SIGPIPE.
  ssize_t write_input(const char* bytes, size_t size) const;

 private:
  pid_t pid_ = 0;
  FileDescriptor input_, output_, errors_;
};

}  // namespace anemon::profiler
