// What the kernel tells about a child.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>

#include "core/clock.h"

namespace anemon {

extern const int64_t kMaxResidentUnit;  // bytes in one unit of rusage::ru_maxrss

// Processor time so far of a child that was not waited for yet.
std::optional<Duration> running_child_cpu(pid_t child);

}  // namespace anemon
