// The `memory` collector: the machine's memory, swap and memory pressure; on Apple's machines also
// what each requestor moves to and from memory (apple/memory_traffic.h).
#pragma once

#include <memory>

#include "collectors/collector.h"
#include "collectors/collectors.h"

namespace anemon {

// Kinds of anemon_memory_bytes: total, available, free and cached (page cache) as the kernel gives
// them; used = total - available, derived. Of anemon_swap_bytes: total, free, and used = total -
// free, derived.
std::unique_ptr<Collector> make_memory(const CollectorContext& context);

}  // namespace anemon
