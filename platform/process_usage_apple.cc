#include "platform/process_usage_apple.h"

#include <cerrno>
#include <cstdlib>
#include <string>
#include <utility>

#include "platform/sysctl_apple.h"

namespace anemon {

ProcessRead failed_process_read() {
  return errno == EPERM || errno == EACCES ? ProcessRead::refused : ProcessRead::gone;
}

ProcessRead read_usage(pid_t pid, rusage_info_v6& usage) {
  usage = {};
  const int result =
      ::proc_pid_rusage(pid, RUSAGE_INFO_V6, reinterpret_cast<rusage_info_t*>(&usage));
  return result == 0 ? ProcessRead::ok : failed_process_read();
}

bool kernel_counts_neural_footprint() {
  constexpr std::pair<long, long> kFirst{24, 4};
  const std::string release = sysctl_text("kern.osrelease");  // "24.4.0"
  char* rest = nullptr;
  const long major = std::strtol(release.c_str(), &rest, 10);
  const long minor = *rest == '.' ? std::strtol(rest + 1, nullptr, 10) : 0;
  return std::pair(major, minor) >= kFirst;
}

}  // namespace anemon
