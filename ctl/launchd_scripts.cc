#include "ctl/launchd_scripts.h"

#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "ctl/exit_code.h"
#include "ctl/words.h"
#include "platform/executable_path.h"
#include "platform/file_descriptor.h"
#include "platform/pipe.h"

extern char** environ;

namespace anemon {
namespace {

namespace fs = std::filesystem;

// As in the scripts: with root's rights nobody's PATH is followed; a scratch root has its own.
std::string search_path() {
  const char* root = std::getenv("ANEMON_ROOT");
  const char* path = std::getenv("PATH");
  if (root != nullptr && *root != '\0' && path != nullptr) return path;
  return "/usr/bin:/bin:/usr/sbin:/sbin";
}

std::vector<char*> pointers(const std::vector<std::string>& words) {
  std::vector<char*> result;
  for (const std::string& word : words) result.push_back(const_cast<char*>(word.c_str()));
  result.push_back(nullptr);
  return result;
}

std::vector<std::string> shell_command(const fs::path& script,
                                       const std::vector<std::string>& arguments) {
  std::vector<std::string> command = {"/bin/sh", script.string()};
  command.insert(command.end(), arguments.begin(), arguments.end());
  return command;
}

}  // namespace

bool has_launchd() {
  const std::string path = search_path();
  for (const auto folder : split(path, ':')) {
    if (access((fs::path(folder) / "launchctl").c_str(), X_OK) == 0) return true;
  }
  return false;
}

LaunchdScripts find_launchd_scripts() {
  if (!has_launchd()) {
    throw MissingError("services are launchd's, which macOS has and this system has not",
                       "run anemond in the foreground (scripts/run in the sources), or from a unit "
                       "of this system's service manager");
  }
  const fs::path started = executable_path();
  std::error_code error;
  for (const fs::path& program : {started, fs::canonical(started, error)}) {
    const fs::path programs = program.parent_path();
    for (const char* way : {"../share/anemon/launchd", "../../launchd"}) {
      const fs::path folder = (programs / way).lexically_normal();
      if (fs::exists(folder / "control", error)) return {folder, programs};
    }
  }
  throw MissingError(
      fmt::format("{} has no ../share/anemon/launchd beside it", started.parent_path().string()),
      "install anemon whole: cmake --install build");
}

void become_script(const fs::path& script, const std::vector<std::string>& arguments,
                   const std::string& command) {
  setenv("ANEMON_COMMAND", command.c_str(), 1);
  become_program(shell_command(script, arguments));
}

void become_program(const std::vector<std::string>& command) {
  setenv("PATH", search_path().c_str(), 1);
  execvp(command.front().c_str(), pointers(command).data());
  throw Error(fmt::format("{}: {}", command.front(), std::strerror(errno)));
}

std::string output_of_script(const fs::path& script, const std::vector<std::string>& arguments) {
  int ends[2];
  if (!open_pipe(ends)) throw Error(fmt::format("cannot make a pipe: {}", std::strerror(errno)));
  FileDescriptor reading(ends[0]);
  FileDescriptor writing(ends[1]);
  const std::vector<std::string> command = shell_command(script, arguments);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, writing.get(), STDOUT_FILENO);
  pid_t pid = -1;
  const int failed = posix_spawn(&pid, command.front().c_str(), &actions, nullptr,
                                 pointers(command).data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) throw Error(fmt::format("{}: {}", script.string(), std::strerror(failed)));
  writing = FileDescriptor();  // or the end would never come
  std::string output;
  std::array<char, 4096> buffer{};
  for (;;) {
    const ssize_t got = read(reading.get(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    output.append(buffer.data(), static_cast<size_t>(got));
  }
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) continue;
  if (status != 0) throw Error(fmt::format("{} failed, see above", script.string()));
  return output;
}

std::string own_command(const std::string& words) {
  std::string program = executable_path().string();
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+./";
  if (program.find_first_not_of(kPlain) != program.npos) {
    for (size_t at = 0; (at = program.find('\'', at)) != program.npos; at += 4) {
      program.replace(at, 1, "'\\''");
    }
    program = '\'' + program + '\'';
  }
  return program + ' ' + words;
}

}  // namespace anemon
