#include "bench/core/counted_allocations.h"

#include "tests/counting_new.h"

namespace anemon::bench {

uint64_t allocations() { return test::allocations().load(std::memory_order_relaxed); }

}  // namespace anemon::bench
