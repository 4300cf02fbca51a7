#pragma once

#include <cstdint>

namespace anemon::bench {

uint64_t allocations();  // of the program so far

}  // namespace anemon::bench
