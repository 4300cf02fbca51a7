#include "platform/child_memory.h"
#include "platform/process_usage_apple.h"

namespace anemon {

std::optional<uint64_t> running_child_memory(pid_t child) {
  rusage_info_v6 usage{};
  if (read_usage(child, usage) != ProcessRead::ok) return std::nullopt;
  return usage.ri_phys_footprint + neural_footprint(usage).bytes;
}

// The kernel takes RLIMIT_AS and RLIMIT_DATA, and does not hold anybody to them.
bool bound_child_growth(pid_t, uint64_t) { return false; }

}  // namespace anemon
