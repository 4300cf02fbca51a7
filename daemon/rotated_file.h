// Follows a log file that is rotated: launchd and shells open it once, and what is written after a
// rotation would go to the old file, which newsyslog compresses and deletes.
//
// Threads: one at a time.
#pragma once

#include <filesystem>

namespace anemon {

class RotatedFile {
 public:
  // Only a regular file is followed; with a pipe or a terminal nothing ever happens.
  explicit RotatedFile(int descriptor);

  // If another regular file is at the path by now, the descriptor becomes that one, opened for
  // appending. What cannot be opened, or is a link, leaves it as it is. Costs one stat.
  void follow() const noexcept;

 private:
  const int descriptor_;
  std::filesystem::path path_;  // empty: nothing to follow
};

}  // namespace anemon
