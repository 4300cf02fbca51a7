// anemond: parses the command line, starts the daemon and waits for signals.
#include <signal.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "config/loader.h"
#include "daemon/daemon.h"
#include "daemon/live_config.h"
#include "daemon/log_line.h"
#include "daemon/stderr_log.h"
#include "platform/resident_memory.h"

namespace {

constexpr int kExitConfig = 78;  // EX_CONFIG of sysexits.h: launchd's and systemd's "do not bother"

int print_problems(const anemon::ConfigError& error) {
  for (const std::string& problem : error.problems()) std::fprintf(stderr, "%s\n", problem.c_str());
  return kExitConfig;
}

int check_config(const anemon::CommandLine& command_line) {
  try {
    const auto effective = anemon::effective_config(command_line);
    std::printf("%s: ok\n", effective.file ? effective.file->c_str() : "defaults");
    return 0;
  } catch (const anemon::ConfigError& error) {
    return print_problems(error);
  }
}

// A supervisor starts the daemon again and again: each start is worth one line of its log.
int log_problems(const anemon::ConfigError& error) {
  const auto& problems = error.problems();
  const std::string line = anemon::logfmt_line(
      anemon::SystemClock().now().wall, anemon::LogLevel::error, "configuration is not valid",
      {{"problem", problems.front()},
       {"problems", std::to_string(problems.size())},
       {"hint", "anemond --check-config names them all"}},
      0);
  std::fprintf(stderr, "%s\n", line.c_str());
  return kExitConfig;
}

int serve_as_helper(const anemon::RootHelperOptions& options) {
  anemon::SystemClock clock;
  anemon::Instruments instruments;
  anemon::StderrLog log(clock, instruments);
  anemon::serve_as_root_helper(options, clock, log);
  return 0;
}

// Blocks until the daemon is told to end; reloads on the way.
void serve(anemon::Daemon& daemon, const sigset_t& signals) {
  while (true) {
    int signal = 0;
    sigwait(&signals, &signal);
    if (signal != SIGHUP) return;
    try {
      daemon.reload();
    } catch (const std::exception&) {
      // Logged and visible in the metrics; the old configuration stays in force.
    }
  }
}

int run(int argc, char** argv) {
  anemon::keep_heap_small();
  const anemon::CommandLine command_line = anemon::parse_command_line(argc, argv);
  if (command_line.exit_code) return *command_line.exit_code;
  if (command_line.check_config) return check_config(command_line);
  if (command_line.helper) return serve_as_helper(*command_line.helper);

  // Blocked here and in every thread: they are taken from the queue by sigwait.
  sigset_t signals;
  sigemptyset(&signals);
  for (const int waited : {SIGHUP, SIGINT, SIGTERM}) {
    sigaddset(&signals, waited);
    signal(waited, SIG_DFL);  // a shell starts background commands with SIGINT ignored
  }
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  signal(SIGPIPE, SIG_IGN);
  signal(SIGXFSZ, SIG_IGN);  // a file at its size limit is an error to handle, like a full disk

  anemon::Daemon daemon(command_line);
  daemon.start();
  serve(daemon, signals);

  signal(SIGHUP, SIG_IGN);
  // From here on a second signal ends the process at once, as its default action.
  pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
  if (!daemon.shut_down()) std::_Exit(0);  // abandoned threads still use what the daemon owns
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const anemon::ConfigError& error) {
    return isatty(STDERR_FILENO) == 1 ? print_problems(error) : log_problems(error);
  } catch (const anemon::Error& error) {
    std::fprintf(stderr, "anemond: %s\n", error.what());
    if (!error.hint().empty()) std::fprintf(stderr, "  hint: %s\n", error.hint().c_str());
    return 1;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "anemond: %s\n", error.what());
    return 1;
  }
}
