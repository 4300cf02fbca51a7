// Times as POSIX counts them.
#pragma once

#include <sys/time.h>

#include "core/clock.h"

namespace anemon {

inline Duration to_duration(const timeval& time) {
  return std::chrono::seconds(time.tv_sec) + std::chrono::microseconds(time.tv_usec);
}

}  // namespace anemon
