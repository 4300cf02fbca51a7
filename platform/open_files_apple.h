// How many files a process has open (macOS).
#pragma once

#include <libproc.h>

#include <vector>

#include "platform/open_files.h"

namespace anemon {

class OpenFileCounter {
 public:
  // Allocates only when a process has more open than any before it.
  OpenFiles count(pid_t pid);

 private:
  std::vector<proc_fdinfo> buffer_;
};

}  // namespace anemon
