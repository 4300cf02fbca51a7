// Another program, run as a shell would: in a process group of its own that owns the terminal.
#pragma once

#include <sys/types.h>
#include <termios.h>

#include <optional>
#include <string>
#include <vector>

#include "core/clock.h"
#include "ctl/signal_inbox.h"

namespace anemon {

struct ChildEnd {
  int exit_code = 0;  // as a shell counts: 128 + n for a signal
  std::optional<int> signal;
  Duration elapsed{};  // from the release to the end
  double cpu_seconds = 0;
  int64_t max_resident_bytes = 0;
};

enum class ChildOutput { inherited, discarded, to_stderr };

class ChildProcess {
 public:
  // Forks at once, but the program starts with release(): its pid is known before it does anything.
  // Throws Error when there can be no more processes.
  ChildProcess(const std::vector<std::string>& command, ChildOutput output);
  ~ChildProcess();  // a child that still runs is killed; the terminal is as it was
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  pid_t pid() const { return pid_; }

  // 0, or the errno that says why the program cannot be executed.
  int release();

  // Until the end, passing on the signals that come in (SIGCHLD must be among the inbox's) and
  // following when the terminal stops and continues the child.
  ChildEnd wait(SignalInbox& inbox);

  // The signals an inbox for wait() needs.
  static SignalInbox inbox() { return SignalInbox({SIGCHLD, SIGINT, SIGTERM, SIGHUP, SIGQUIT}); }

 private:
  void give_terminal(pid_t group) const;

  pid_t pid_ = -1;
  bool running_ = false;
  int start_pipe_ = -1;    // writing lets the child go
  int failure_pipe_ = -1;  // the child's errno of exec
  int terminal_ = -1;      // /dev/tty, when this process owns it
  termios terminal_state_{};
  Duration released_{};
};

}  // namespace anemon
