#include "platform/boot_time.h"
#include "platform/sysctl_apple.h"
#include "platform/timeval.h"

namespace anemon {

std::optional<Duration> boot_wall(const HostRoot&) {
  timeval boot{};
  if (!sysctl_structure("kern.boottime", boot) || boot.tv_sec <= 0) return std::nullopt;
  return to_duration(boot);
}

}  // namespace anemon
