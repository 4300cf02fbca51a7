// How many files a process has open.
#pragma once

#include <cstdint>
#include <optional>

namespace anemon {

struct OpenFiles {
  std::optional<uint64_t> count;  // unset: refused, or the process is gone
  bool refused = false;
};

// `directory` is a descriptor of /proc/<pid>/fd, opened with O_PATH. No allocation.
OpenFiles count_open_files(int directory);

}  // namespace anemon
