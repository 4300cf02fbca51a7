// Runs the real anemonctl: in pipes, or on a pseudo terminal as a person would.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace anemon::test {

struct CtlResult {
  int exit_code = 0;  // 128 + n when a signal ended it
  std::string out, err;

  // As golden files hold it.
  std::string text() const;
};

struct CtlOptions {
  using Environment = std::vector<std::pair<std::string, std::string>>;
  CtlOptions(std::filesystem::path socket_path = {}, Environment variables = {})
      : socket(std::move(socket_path)), environment(std::move(variables)) {}

  std::filesystem::path socket;
  Environment environment;  // beside PATH
  std::string input;
  std::filesystem::path directory;  // to run in
  std::filesystem::path program;    // instead of the one that was built
  uid_t uid = 0;                    // root only: run as this user
};

std::filesystem::path ctl_program();

CtlResult run_ctl(const std::vector<std::string>& arguments, const CtlOptions& options);

// A child on a pseudo terminal of 24 rows.
class PtyChild {
 public:
  PtyChild(const std::vector<std::string>& arguments, const CtlOptions& options, int columns);
  ~PtyChild();

  void type(const std::string& keys) const;
  void signal(int number) const;
  // Reads until the output contains `text`; false when the child ends first.
  bool wait_for(const std::string& text);
  int wait();  // reads to the end; the exit code, 128 + n for a signal

  const std::string& output() const { return output_; }
  bool echoes() const;  // the terminal as the child leaves it

 private:
  bool read_some();

  int terminal_ = -1;
  int other_end_ = -1;  // keeps the terminal's state readable after the child
  int pid_ = -1;
  std::string output_;
};

// A line of help ("sessions start 'a b' -n 1") in words; single quotes only.
std::vector<std::string> shell_words(const std::string& line);

}  // namespace anemon::test
