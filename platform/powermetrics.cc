#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "platform/child_usage.h"
#include "platform/pipe.h"
#include "platform/powermetrics_process.h"
#include "platform/timeval.h"

extern char** environ;

namespace anemon {
namespace {

constexpr size_t kReadAtOnce = 64 << 10;
constexpr int kReadsPerPoll = 8;

// The one sampler that is known to subscribe to the energy counters; it is also the cheapest, since
// none of the others comes without it. Reports are told apart by the plist's end, so no buffering.
std::vector<const char*> arguments(PowermetricsMode mode) {
  const char* interval = mode == PowermetricsMode::refresh ? "2000" : "1000";
  return {"powermetrics", "-s", "cpu_power", "-i", interval, "-f", "plist", "-b", "0", nullptr};
}

// What the child is given: the pipe as its output, nothing else, a process group of its own, and
// the signals as a shell would give them. The daemon blocks some and ignores SIGPIPE, by which the
// child is to end when the daemon does.
class SpawnPlan {
 public:
  explicit SpawnPlan(int output) {
    posix_spawn_file_actions_init(&actions_);
    posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions_, output, STDOUT_FILENO);
    posix_spawn_file_actions_addopen(&actions_, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawnattr_init(&attributes_);
    sigset_t none;
    sigset_t reset;
    sigemptyset(&none);
    sigemptyset(&reset);
    for (const int changed : {SIGPIPE, SIGXFSZ, SIGHUP, SIGINT, SIGTERM}) {
      sigaddset(&reset, changed);
    }
    posix_spawnattr_setsigmask(&attributes_, &none);
    posix_spawnattr_setsigdefault(&attributes_, &reset);
    posix_spawnattr_setpgroup(&attributes_, 0);
    posix_spawnattr_setflags(
        &attributes_, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  }
  ~SpawnPlan() {
    posix_spawn_file_actions_destroy(&actions_);
    posix_spawnattr_destroy(&attributes_);
  }
  SpawnPlan(const SpawnPlan&) = delete;
  SpawnPlan& operator=(const SpawnPlan&) = delete;

  int spawn(pid_t& child, const std::filesystem::path& program,
            const std::vector<const char*>& words) {
    return posix_spawn(&child, program.c_str(), &actions_, &attributes_,
                       const_cast<char* const*>(words.data()), environ);
  }

 private:
  posix_spawn_file_actions_t actions_;
  posix_spawnattr_t attributes_;
};

std::string how_it_ended(int status) {
  if (WIFSIGNALED(status)) return "ended by signal " + std::to_string(WTERMSIG(status));
  return "ended with status " + std::to_string(WEXITSTATUS(status));
}

}  // namespace

PowermetricsProcess::PowermetricsProcess(PowermetricsMode mode, std::filesystem::path program,
                                         bool root)
    : mode_(mode), program_(std::move(program)), buffer_(kReadAtOnce) {
  status_.state = PowermetricsStatus::State::waiting;
  if (mode == PowermetricsMode::off) {
    status_ = {PowermetricsStatus::State::absent, "switched off", {}, 0};
  } else if (!root) {
    status_ = {PowermetricsStatus::State::refused, "needs root", {}, 0};
  } else if (access(program_.c_str(), X_OK) != 0) {
    status_ = {PowermetricsStatus::State::absent, "no such program", {}, 0};
  }
}

PowermetricsProcess::~PowermetricsProcess() {
  if (child_ == 0) return;
  kill(-child_, SIGKILL);
  while (waitpid(child_, nullptr, 0) < 0 && errno == EINTR) continue;
}

void PowermetricsProcess::start(Duration now) {
  due_ = now + pause_;
  status_.state = PowermetricsStatus::State::waiting;
  int ends[2];
  if (!open_pipe(ends)) {
    status_.reason = std::string("no pipe: ") + std::strerror(errno);
    return;
  }
  FileDescriptor reader(ends[0]);
  const FileDescriptor writer(ends[1]);
  fcntl(reader.get(), F_SETFL, O_NONBLOCK);
  const int error = SpawnPlan(writer.get()).spawn(child_, program_, arguments(mode_));
  if (error != 0) {
    child_ = 0;
    pause_ = std::min(2 * pause_, kLongestPause);
    status_.reason = std::string("does not start: ") + std::strerror(error);
    return;
  }
  output_ = std::move(reader);
  stream_.clear();
  killed_ = false;
  started_ = heard_ = measured_ = now;
  ++status_.starts;
  status_.state = PowermetricsStatus::State::running;
  status_.reason.clear();
}

std::optional<PowermetricsReport> PowermetricsProcess::read(Duration now) {
  std::optional<PowermetricsReport> all;
  for (int i = 0; i < kReadsPerPoll; ++i) {
    const ssize_t got = ::read(output_.get(), buffer_.data(), buffer_.size());
    if (got <= 0) break;
    if (mode_ == PowermetricsMode::refresh) {
      heard_ = now;
      continue;
    }
    auto report = stream_.feed({buffer_.data(), static_cast<size_t>(got)});
    if (!report) continue;
    heard_ = now;
    report->at = now;
    all = all ? combined(*all, *report) : report;
  }
  return all;
}

void PowermetricsProcess::measure(Duration now) {
  constexpr Duration kInterval = std::chrono::seconds(1);
  if (now - measured_ < kInterval) return;
  measured_ = now;
  const std::optional<Duration> cpu = running_child_cpu(child_);
  if (cpu) status_.cpu = std::max(status_.cpu, ended_cpu_ + *cpu);
}

void PowermetricsProcess::reap(Duration now) {
  int how = 0;
  rusage usage{};
  if (wait4(child_, &how, WNOHANG, &usage) != child_) return;
  kill(-child_, SIGKILL);  // what it may have started itself
  child_ = 0;
  output_ = FileDescriptor();
  ended_cpu_ += to_duration(usage.ru_utime) + to_duration(usage.ru_stime);
  status_.cpu = std::max(status_.cpu, ended_cpu_);
  status_.state = PowermetricsStatus::State::waiting;
  status_.reason = killed_ ? why_killed_ : how_it_ended(how);
  if (now - started_ >= kWell) pause_ = kFirstPause;
  due_ = now + pause_;
  pause_ = std::min(2 * pause_, kLongestPause);
}

std::optional<PowermetricsReport> PowermetricsProcess::poll(Instant instant) {
  const Duration now = instant.awake;
  if (status_.state == PowermetricsStatus::State::refused ||
      status_.state == PowermetricsStatus::State::absent) {
    return std::nullopt;
  }
  if (child_ == 0) {
    if (!due_ || now >= *due_) start(now);
    return std::nullopt;
  }
  const std::optional<PowermetricsReport> report = read(now);
  measure(now);
  if (!killed_ && now - heard_ > kSilence) {
    killed_ = true;
    why_killed_ = mode_ == PowermetricsMode::refresh ? "does not answer" : "gives no report";
    status_.state = PowermetricsStatus::State::waiting;
    status_.reason = why_killed_;
    kill(-child_, SIGKILL);
  }
  reap(now);
  return report;
}

std::unique_ptr<Powermetrics> make_powermetrics(PowermetricsMode mode,
                                                const std::filesystem::path& program) {
  return std::make_unique<PowermetricsProcess>(mode, program, geteuid() == 0);
}

}  // namespace anemon
