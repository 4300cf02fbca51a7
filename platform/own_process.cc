#include "platform/own_process.h"

#include <sys/resource.h>

#include "platform/timeval.h"

namespace anemon {

OwnProcess own_usage() {
  OwnProcess own;
  rusage usage{};
  if (::getrusage(RUSAGE_SELF, &usage) == 0) {
    own.cpu = to_duration(usage.ru_utime) + to_duration(usage.ru_stime);
    own.voluntary_switches = static_cast<uint64_t>(usage.ru_nvcsw);
    own.involuntary_switches = static_cast<uint64_t>(usage.ru_nivcsw);
  }
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY) {
    own.max_open_files = limit.rlim_cur;
  }
  return own;
}

}  // namespace anemon
