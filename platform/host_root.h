// Where the kernel's files are. Tests and replays point it at fixture trees.
#pragma once

#include <filesystem>

namespace anemon {

struct HostRoot {
  std::filesystem::path procfs = "/proc";
  std::filesystem::path sysfs = "/sys";
};

}  // namespace anemon
