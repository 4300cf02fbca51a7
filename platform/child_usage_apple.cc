#include "platform/awake_time_apple.h"
#include "platform/child_usage.h"
#include "platform/process_usage_apple.h"

namespace anemon {

const int64_t kMaxResidentUnit = 1;

std::optional<Duration> running_child_cpu(pid_t child) {
  rusage_info_v6 usage{};
  if (read_usage(child, usage) != ProcessRead::ok) return std::nullopt;
  // In the ticks that stamps are in, and zero before the first of them.
  return awake_of_stamp(usage.ri_user_time + usage.ri_system_time).value_or(Duration::zero());
}

}  // namespace anemon
