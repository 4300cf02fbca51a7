#include "profiler/measure/rest.h"

#include <poll.h>

#include <algorithm>
#include <limits>

namespace anemon::profiler {

bool rest(Duration pause, int interrupt) {
  const SystemClock clock;
  const Duration end = clock.awake() + pause;
  for (Duration now = clock.awake(); now < end; now = clock.awake()) {
    pollfd waiting{interrupt, POLLIN, 0};
    const int64_t left = std::chrono::ceil<std::chrono::milliseconds>(end - now).count();
    const int64_t most = std::numeric_limits<int>::max();
    if (::poll(&waiting, 1, static_cast<int>(std::min(left, most))) > 0) return false;
  }
  return true;
}

}  // namespace anemon::profiler
