#include "examples/triton_backend/program_output.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstring>
#include <stdexcept>

extern char** environ;

namespace {

constexpr auto kLongest = std::chrono::minutes(1);

// Reads until the other end is closed; false when that takes too long.
bool read_all(int descriptor, std::string& text) {
  const auto until = std::chrono::steady_clock::now() + kLongest;
  for (;;) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
    pollfd state{descriptor, POLLIN, 0};
    if (left.count() <= 0 || ::poll(&state, 1, static_cast<int>(left.count())) <= 0) return false;
    char piece[4096];
    const ssize_t got = ::read(descriptor, piece, sizeof piece);
    if (got <= 0) return true;
    text.append(piece, static_cast<size_t>(got));
  }
}

}  // namespace

std::string program_output(std::vector<std::string> command) {
  std::vector<char*> arguments;
  for (std::string& word : command) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  int ends[2];
  if (::pipe(ends) != 0) throw std::runtime_error("no pipe");
  ::fcntl(ends[0], F_SETFD, FD_CLOEXEC);
  ::fcntl(ends[1], F_SETFD, FD_CLOEXEC);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO);
  pid_t child = 0;
  const int error =
      ::posix_spawnp(&child, arguments[0], &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  ::close(ends[1]);
  if (error != 0) {
    ::close(ends[0]);
    throw std::runtime_error("cannot run " + command[0] + ": " + std::strerror(error));
  }
  std::string text;
  const bool ended = read_all(ends[0], text);
  ::close(ends[0]);
  if (!ended) ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  if (!ended) throw std::runtime_error(command[0] + " does not end");
  return text;
}
