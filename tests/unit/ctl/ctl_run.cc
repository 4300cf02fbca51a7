#include "tests/unit/ctl/ctl_run.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <cstdlib>

#include "tests/catch.h"

namespace anemon::test {
namespace {

[[noreturn]] void become_ctl(const std::vector<std::string>& arguments, const CtlOptions& options) {
  const char* path = getenv("PATH");
  std::vector<std::string> environment;  // the first of a name counts
  for (const auto& [name, value] : options.environment) environment.push_back(name + '=' + value);
  environment.insert(environment.end(),
                     {std::string("PATH=") + (path == nullptr ? "/usr/bin:/bin" : path),
                      "HOME=/nonexistent", "XDG_RUNTIME_DIR=/nonexistent", "LC_ALL=C.UTF-8"});
  if (!options.socket.empty()) environment.push_back("ANEMON_SOCKET=" + options.socket.string());
  std::vector<char*> envp, argv;
  for (std::string& each : environment) envp.push_back(each.data());
  std::string program = "anemonctl";
  argv.push_back(program.data());
  for (const std::string& each : arguments) argv.push_back(const_cast<char*>(each.c_str()));
  envp.push_back(nullptr);
  argv.push_back(nullptr);
  if (!options.directory.empty() && chdir(options.directory.c_str()) != 0) _exit(99);
  if (options.uid != 0 && setuid(options.uid) != 0) _exit(99);
  const std::string program_path =
      options.program.empty() ? ANEMONCTL_PATH : options.program.string();
  execve(program_path.c_str(), argv.data(), envp.data());
  _exit(99);
}

int exit_code_of(int status) {
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

}  // namespace

std::filesystem::path ctl_program() { return ANEMONCTL_PATH; }

std::string CtlResult::text() const {
  return "exit " + std::to_string(exit_code) + "\n--- stdout\n" + out + "--- stderr\n" + err;
}

CtlResult run_ctl(const std::vector<std::string>& arguments, const CtlOptions& options) {
  int in[2], out[2], err[2];
  for (int* ends : {in, out, err}) {
    REQUIRE(pipe(ends) == 0);
    fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    fcntl(ends[1], F_SETFD, FD_CLOEXEC);
  }
  const pid_t pid = fork();
  if (pid == 0) {
    setsid();  // no terminal of whoever runs the tests
    dup2(in[0], 0);
    dup2(out[1], 1);
    dup2(err[1], 2);
    become_ctl(arguments, options);
  }
  close(in[0]);
  close(out[1]);
  close(err[1]);
  REQUIRE(write(in[1], options.input.data(), options.input.size()) ==
          static_cast<ssize_t>(options.input.size()));
  close(in[1]);

  CtlResult result;
  pollfd ends[2] = {{out[0], POLLIN, 0}, {err[0], POLLIN, 0}};
  std::string* texts[2] = {&result.out, &result.err};
  for (int open = 2; open > 0;) {
    poll(ends, 2, -1);
    for (int i = 0; i < 2; ++i) {
      if (ends[i].fd < 0 || ends[i].revents == 0) continue;
      char buffer[4096];
      const ssize_t got = read(ends[i].fd, buffer, sizeof buffer);
      if (got > 0) {
        texts[i]->append(buffer, static_cast<size_t>(got));
      } else {
        close(ends[i].fd);
        ends[i].fd = -1;
        --open;
      }
    }
  }
  int status = 0;
  waitpid(pid, &status, 0);
  result.exit_code = exit_code_of(status);
  return result;
}

PtyChild::PtyChild(const std::vector<std::string>& arguments, const CtlOptions& options,
                   int columns) {
  winsize size{};
  size.ws_row = 24;
  size.ws_col = static_cast<unsigned short>(columns);
  terminal_ = posix_openpt(O_RDWR | O_NOCTTY);
  REQUIRE(terminal_ >= 0);
  REQUIRE(grantpt(terminal_) + unlockpt(terminal_) == 0);
  other_end_ = open(ptsname(terminal_), O_RDWR | O_NOCTTY);
  REQUIRE(other_end_ >= 0);
  REQUIRE(ioctl(other_end_, TIOCSWINSZ, &size) == 0);
  fcntl(terminal_, F_SETFD, FD_CLOEXEC);
  fcntl(other_end_, F_SETFD, FD_CLOEXEC);
  pid_ = fork();
  if (pid_ == 0) {
    setsid();
    ioctl(other_end_, TIOCSCTTY, 0);
    for (int fd = 0; fd < 3; ++fd) dup2(other_end_, fd);
    become_ctl(arguments, options);
  }
}

PtyChild::~PtyChild() {
  if (pid_ > 0) {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  close(terminal_);
  close(other_end_);
}

void PtyChild::type(const std::string& keys) const {
  REQUIRE(write(terminal_, keys.data(), keys.size()) == static_cast<ssize_t>(keys.size()));
}

void PtyChild::signal(int number) const { kill(pid_, number); }

bool PtyChild::read_some() {
  // Ends when the child has, for this process holds the other end open itself.
  for (;;) {
    pollfd end{terminal_, POLLIN, 0};
    if (poll(&end, 1, 20) > 0) {
      char buffer[4096];
      const ssize_t got = read(terminal_, buffer, sizeof buffer);
      if (got <= 0) return false;
      output_.append(buffer, static_cast<size_t>(got));
      return true;
    }
    siginfo_t info{};
    if (waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
        info.si_pid == pid_ && poll(&end, 1, 0) == 0) {
      return false;
    }
  }
}

bool PtyChild::wait_for(const std::string& text) {
  while (output_.find(text) == output_.npos) {
    if (!read_some()) return false;
  }
  return true;
}

int PtyChild::wait() {
  while (read_some()) continue;
  int status = 0;
  waitpid(pid_, &status, 0);
  pid_ = -1;
  return exit_code_of(status);
}

bool PtyChild::echoes() const {
  termios state{};
  tcgetattr(other_end_, &state);
  return (state.c_lflag & ECHO) != 0;
}

std::vector<std::string> shell_words(const std::string& line) {
  std::vector<std::string> words;
  std::string word;
  bool quoted = false;
  bool any = false;
  for (const char c : line) {
    if (c == '\'') {
      quoted = !quoted;
      any = true;
    } else if (c == ' ' && !quoted) {
      if (any) words.push_back(std::move(word));
      word.clear();
      any = false;
    } else {
      word += c;
      any = true;
    }
  }
  if (any) words.push_back(word);
  return words;
}

}  // namespace anemon::test
