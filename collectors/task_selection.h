// Which processes the `tasks` collector shows beside the rest's sum.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

namespace anemon {

struct TaskSelection {
  std::vector<std::string> names;  // exact process names
  std::vector<pid_t> pids;         // from the configuration
  uint32_t top_by_memory = 10;
  uint32_t top_by_cpu = 10;
  std::vector<pid_t> session_pids{};  // of open sessions: shown before all others
};

}  // namespace anemon
