#include <sys/time.h>

#include "platform/boot_time.h"
#include "platform/sysctl_apple.h"

namespace anemon {

std::optional<Duration> boot_wall(const HostRoot&) {
  timeval boot{};
  if (!sysctl_structure("kern.boottime", boot) || boot.tv_sec <= 0) return std::nullopt;
  return std::chrono::seconds(boot.tv_sec) + std::chrono::microseconds(boot.tv_usec);
}

}  // namespace anemon
