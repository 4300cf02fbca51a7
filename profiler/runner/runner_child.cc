#include "profiler/runner/runner_child.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <initializer_list>
#include <utility>

#include "platform/child_usage.h"
#include "platform/pipe.h"
#include "platform/spawn_isolation.h"
#include "platform/timeval.h"

extern char** environ;

namespace anemon::profiler {
namespace {

struct Pipe {
  FileDescriptor reading, writing;
};

// Beyond the standard three, which a program may have closed: the child's dup2 onto themselves
// would leave them close-on-exec.
bool open_high_pipe(Pipe& pipe) {
  int ends[2];
  if (!open_pipe(ends)) return false;
  pipe = {FileDescriptor(ends[0]), FileDescriptor(ends[1])};
  for (FileDescriptor* end : {&pipe.reading, &pipe.writing}) {
    if (end->get() > STDERR_FILENO) continue;
    *end = FileDescriptor(::fcntl(end->get(), F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
    if (!*end) return false;
  }
  return true;
}

// Signals as a shell would give them, and a group of its own, so that what is typed at the terminal
// goes to this program alone.
class SpawnPlan {
 public:
  SpawnPlan(int input, int output, int errors) {
    posix_spawn_file_actions_init(&actions_);
    posix_spawn_file_actions_adddup2(&actions_, input, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions_, output, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions_, errors, STDERR_FILENO);
    posix_spawnattr_init(&attributes_);
    sigset_t none;
    sigset_t reset;
    sigemptyset(&none);
    sigemptyset(&reset);
    for (const int changed : {SIGPIPE, SIGXFSZ, SIGHUP, SIGINT, SIGTERM, SIGQUIT, SIGCHLD}) {
      sigaddset(&reset, changed);
    }
    posix_spawnattr_setsigmask(&attributes_, &none);
    posix_spawnattr_setsigdefault(&attributes_, &reset);
    posix_spawnattr_setpgroup(&attributes_, 0);
    short flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF;
    inherit_only_standard(actions_, flags);
    posix_spawnattr_setflags(&attributes_, flags);
  }
  ~SpawnPlan() {
    posix_spawn_file_actions_destroy(&actions_);
    posix_spawnattr_destroy(&attributes_);
  }
  SpawnPlan(const SpawnPlan&) = delete;
  SpawnPlan& operator=(const SpawnPlan&) = delete;

  int spawn(pid_t& child, const std::vector<std::string>& words) {
    std::vector<char*> arguments;
    for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    return posix_spawnp(&child, arguments[0], &actions_, &attributes_, arguments.data(), environ);
  }

 private:
  posix_spawn_file_actions_t actions_;
  posix_spawnattr_t attributes_;
};

void sleep_for(Duration time) {
  ::poll(nullptr, 0,
         static_cast<int>(std::chrono::duration_cast<std::chrono::milliseconds>(time).count()));
}

}  // namespace

int RunnerChild::start(const std::vector<std::string>& words) {
  if (words.empty() || words[0].empty()) return ENOENT;
  Pipe input;
  Pipe output;
  Pipe errors;
  if (!open_high_pipe(input) || !open_high_pipe(output) || !open_high_pipe(errors)) return errno;
  for (const int end : {input.writing.get(), output.reading.get(), errors.reading.get()}) {
    ::fcntl(end, F_SETFL, O_NONBLOCK);
  }
  pid_t child = 0;
  const int error = SpawnPlan(input.reading.get(), output.writing.get(), errors.writing.get())
                        .spawn(child, words);
  if (error != 0) return error;
  pid_ = child;
  input_ = std::move(input.writing);
  output_ = std::move(output.reading);
  errors_ = std::move(errors.reading);
  return 0;
}

RunnerChild::~RunnerChild() { finish(); }

bool RunnerChild::ended() const {
  siginfo_t info{};
  while (::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT) != 0) {
    if (errno != EINTR) return true;  // somebody else of this program has reaped it
  }
  return info.si_pid == pid_;
}

ChildExit RunnerChild::finish() {
  ChildExit exit;
  if (pid_ == 0) return exit;
  // While it is not reaped, no other process or group can have its number.
  ::kill(-pid_, SIGKILL);
  constexpr Duration kPatience = std::chrono::seconds(5);
  constexpr Duration kLongestPause = std::chrono::milliseconds(20);
  Duration pause = std::chrono::milliseconds(1);
  for (Duration waited{}; waited < kPatience;
       waited += pause, pause = std::min(2 * pause, kLongestPause)) {
    rusage usage{};
    const pid_t got = ::wait4(pid_, &exit.status, WNOHANG, &usage);
    if (got == pid_ || (got < 0 && errno != EINTR)) {
      exit.reaped = got == pid_;
      exit.cpu = to_duration(usage.ru_utime) + to_duration(usage.ru_stime);
      exit.max_resident_bytes = usage.ru_maxrss * kMaxResidentUnit;
      break;
    }
    sleep_for(pause);
  }
  pid_ = 0;
  close_input();
  return exit;
}

ssize_t RunnerChild::write_input(const char* bytes, size_t size) const {
  sigset_t pipe;
  sigset_t former;
  sigset_t pending;
  sigemptyset(&pipe);
  sigaddset(&pipe, SIGPIPE);
  sigpending(&pending);
  const bool was_pending = sigismember(&pending, SIGPIPE) == 1;
  pthread_sigmask(SIG_BLOCK, &pipe, &former);
  const ssize_t written = ::write(input_.get(), bytes, size);
  const int error = errno;
  if (written < 0 && error == EPIPE && !was_pending) {
    // Ours waits for this thread alone; ignored ones never wait.
    sigpending(&pending);
    int signal = 0;
    if (sigismember(&pending, SIGPIPE) == 1) sigwait(&pipe, &signal);
  }
  pthread_sigmask(SIG_SETMASK, &former, nullptr);
  errno = error;
  return written;
}

}  // namespace anemon::profiler
