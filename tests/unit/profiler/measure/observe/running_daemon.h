// A real anemond that plays a Mac at work, for one test. $ANEMOND names the program.
#pragma once

#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/scratch_directory.h"

extern char** environ;

namespace anemon::test {

// What the daemon is to be started with, beside where it keeps its things.
using DaemonArguments = std::vector<std::string>;

class RunningDaemon {
 public:
  explicit RunningDaemon(DaemonArguments more) {
    const char* program = std::getenv("ANEMOND");
    if (program == nullptr) throw std::runtime_error("ANEMOND names no daemon");
    scratch_.write("anemond.yaml", "log:\n  level: warn\n");
    int ready[2];
    if (::pipe(ready) != 0) throw std::runtime_error("no pipe");
    DaemonArguments arguments = {
        program,       "--config",    scratch_ / "anemond.yaml", "--socket",
        socket(),      "--state-dir", scratch_ / "state",        "--listen",
        "127.0.0.1:0", "--ready-fd",  std::to_string(ready[1])};
    arguments.insert(arguments.end(), more.begin(), more.end());
    std::vector<char*> words;
    for (std::string& word : arguments) words.push_back(word.data());
    words.push_back(nullptr);
    if (::posix_spawn(&pid_, program, nullptr, nullptr, words.data(), environ) != 0) {
      throw std::runtime_error("cannot start " + std::string(program));
    }
    ::close(ready[1]);
    await(ready[0]);
    ::close(ready[0]);
  }
  ~RunningDaemon() { kill(); }
  RunningDaemon(const RunningDaemon&) = delete;
  RunningDaemon& operator=(const RunningDaemon&) = delete;

  std::filesystem::path socket() const { return scratch_ / "s.sock"; }

  void kill() {
    if (pid_ == 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    pid_ = 0;
  }

 private:
  // A line says that every collector has answered; its end that there will be none.
  void await(int descriptor) const {
    std::string line;
    char byte = 0;
    while (::read(descriptor, &byte, 1) == 1 && byte != '\n') line += byte;
    if (line.empty()) throw std::runtime_error("anemond did not start");
  }

  ScratchDirectory scratch_;
  pid_t pid_ = 0;
};

// Two minutes of a busy M5, ten times as fast: power, Neural Engine, heat.
inline DaemonArguments busy_mac() {
  return {"--replay", std::string(TRACES) + "/busy_m5.jsonl", "--speed", "10"};
}

}  // namespace anemon::test
