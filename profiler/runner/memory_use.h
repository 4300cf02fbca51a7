// The memory of this process, for the answer to `memory`.
#pragma once

#include "profiler/runner/protocol.h"

namespace anemon::profiler {

MemoryUse memory_use();

}  // namespace anemon::profiler
