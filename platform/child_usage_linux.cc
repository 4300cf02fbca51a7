#include <time.h>

#include "platform/child_usage.h"

namespace anemon {

const int64_t kMaxResidentUnit = 1024;

std::optional<Duration> running_child_cpu(pid_t child) {
  clockid_t clock{};
  timespec time{};
  if (clock_getcpuclockid(child, &clock) != 0 || clock_gettime(clock, &time) != 0) {
    return std::nullopt;
  }
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

}  // namespace anemon
