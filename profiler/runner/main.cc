// anemon-runner: runs models for anemonctl and the library, one process a run.
#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <exception>
#include <string_view>

#include "core/clock.h"
#include "core/error.h"
#include "core/version.h"
#include "platform/file_descriptor.h"
#include "profiler/engine.h"
#include "profiler/runner/parent_watch.h"
#include "profiler/runner/session.h"

namespace {

using anemon::FileDescriptor;

constexpr std::string_view kUsage =
    "anemon-runner is started by anemonctl and reads requests from its standard input\n"
    "(docs/runner-protocol.md).  --version says which one it is.\n";

// The protocol's two descriptors, out of reach of frameworks: what they print goes to standard
// error, and what they read is nothing.
struct Line {
  FileDescriptor requests{::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1)};
  FileDescriptor answers{::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1)};

  bool open() const {
    if (!requests || !answers) return false;
    const FileDescriptor null(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    return null && ::dup2(null.get(), STDIN_FILENO) >= 0 &&
           ::dup2(STDERR_FILENO, STDOUT_FILENO) >= 0;
  }
};

}  // namespace

int main(int count, char** arguments) {
  if (count > 1) {
    const bool version = std::string_view(arguments[1]) == "--version";
    if (version) {
      std::printf("anemon-runner %s\n", std::string(anemon::version()).c_str());
    } else {
      std::fwrite(kUsage.data(), 1, kUsage.size(), stderr);
    }
    return version ? 0 : 2;
  }
  std::signal(SIGPIPE, SIG_IGN);
  try {
    const anemon::profiler::ParentWatch watch;
    const Line line;
    if (!line.open()) throw anemon::Error("standard input, output and error must be open");
    const anemon::SystemClock clock;
    anemon::profiler::Session session(anemon::profiler::engines(), clock, line.requests.get(),
                                      line.answers.get());
    return session.run() ? 0 : 1;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "anemon-runner: %s\n", error.what());
    return 1;
  }
}
