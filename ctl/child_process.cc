#include "ctl/child_process.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>

#include "core/error.h"
#include "platform/child_usage.h"
#include "platform/pipe.h"
#include "platform/timeval.h"

namespace anemon {
namespace {

// The child between fork and exec: only calls that are safe there.
[[noreturn]] void become(char* const* arguments, ChildOutput output, int start_pipe,
                         int failure_pipe) {
  setpgid(0, 0);
  char go = 0;
  ssize_t got = 0;
  while ((got = read(start_pipe, &go, 1)) < 0 && errno == EINTR) continue;
  if (got != 1) _exit(0);
  if (output == ChildOutput::to_stderr) dup2(STDERR_FILENO, STDOUT_FILENO);
  if (output == ChildOutput::discarded) {
    const int null = open("/dev/null", O_WRONLY);
    if (null >= 0) dup2(null, STDOUT_FILENO);
  }
  // exec keeps ignored signals ignored; handlers become the default by themselves.
  std::signal(SIGPIPE, SIG_DFL);
  std::signal(SIGTTOU, SIG_DFL);
  execvp(arguments[0], arguments);
  const int error = errno;
  [[maybe_unused]] const ssize_t written = write(failure_pipe, &error, sizeof error);
  _exit(127);
}

void make_pipe(int (&ends)[2]) {
  if (!open_pipe(ends)) throw Error(std::string("cannot make a pipe: ") + std::strerror(errno));
}

Duration awake_now() { return SystemClock().now().awake; }

}  // namespace

ChildProcess::ChildProcess(const std::vector<std::string>& command, ChildOutput output) {
  std::vector<char*> arguments;
  for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);

  terminal_ = open("/dev/tty", O_RDWR | O_CLOEXEC);
  if (terminal_ >= 0 &&
      (tcgetpgrp(terminal_) != getpgrp() || tcgetattr(terminal_, &terminal_state_) != 0)) {
    close(terminal_);
    terminal_ = -1;
  }
  int start[2];
  int failure[2];
  make_pipe(start);
  make_pipe(failure);
  pid_ = fork();
  if (pid_ == 0) {
    close(start[1]);
    close(failure[0]);
    become(arguments.data(), output, start[0], failure[1]);
  }
  const int error = errno;
  close(start[0]);
  close(failure[1]);
  start_pipe_ = start[1];
  failure_pipe_ = failure[0];
  if (pid_ < 0) throw Error(std::string("cannot start a process: ") + std::strerror(error));
  running_ = true;
  setpgid(pid_, pid_);  // both sides do it, whoever is first
}

ChildProcess::~ChildProcess() {
  if (start_pipe_ >= 0) close(start_pipe_);
  if (failure_pipe_ >= 0) close(failure_pipe_);
  if (running_) {
    kill(-pid_, SIGKILL);
    kill(pid_, SIGKILL);
    while (waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) continue;
  }
  if (terminal_ >= 0) {
    give_terminal(getpgrp());
    tcsetattr(terminal_, TCSADRAIN, &terminal_state_);
    close(terminal_);
  }
}

void ChildProcess::give_terminal(pid_t group) const {
  if (terminal_ < 0) return;
  // A background process that changes the terminal's owner is stopped by SIGTTOU.
  const auto former = std::signal(SIGTTOU, SIG_IGN);
  tcsetpgrp(terminal_, group);
  std::signal(SIGTTOU, former);
}

int ChildProcess::release() {
  give_terminal(pid_);
  released_ = awake_now();
  const char go = 'g';
  [[maybe_unused]] const ssize_t written = write(start_pipe_, &go, 1);
  int error = 0;
  ssize_t got = 0;
  while ((got = read(failure_pipe_, &error, sizeof error)) < 0 && errno == EINTR) continue;
  return got == sizeof error ? error : 0;
}

ChildEnd ChildProcess::wait(SignalInbox& inbox) {
  for (;;) {
    const auto signal = inbox.wait(std::nullopt);
    if (signal != SIGCHLD) {
      kill(-pid_, *signal);
      continue;
    }
    int status = 0;
    rusage usage{};
    if (wait4(pid_, &status, WNOHANG | WUNTRACED, &usage) != pid_) continue;
    if (WIFSTOPPED(status)) {
      give_terminal(getpgrp());
      raise(SIGSTOP);  // and here it goes on after `fg`
      give_terminal(pid_);
      kill(-pid_, SIGCONT);
      continue;
    }
    running_ = false;
    ChildEnd end;
    end.elapsed = awake_now() - released_;
    end.cpu_seconds = to_seconds(to_duration(usage.ru_utime) + to_duration(usage.ru_stime));
    end.max_resident_bytes = usage.ru_maxrss * kMaxResidentUnit;
    if (WIFSIGNALED(status)) end.signal = WTERMSIG(status);
    end.exit_code = end.signal ? 128 + *end.signal : WEXITSTATUS(status);
    return end;
  }
}

}  // namespace anemon
