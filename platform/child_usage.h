// What the kernel tells about a child that ended.
#pragma once

#include <cstdint>

namespace anemon {

extern const int64_t kMaxResidentUnit;  // bytes in one unit of rusage::ru_maxrss

}  // namespace anemon
