// How much memory another process of this user holds, and how to bound it.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>

namespace anemon {

// What it holds for itself, whether in memory or swapped out: files that it merely maps do not
// count. macOS: its footprint with the neural one. Unset when it has ended.
std::optional<uint64_t> running_child_memory(pid_t child);

// From now on the kernel refuses the process what goes `bytes` beyond what it has mapped already,
// so that it can say so itself. False where the system has no such limit (macOS): then watching it
// is all there is.
bool bound_child_growth(pid_t child, uint64_t bytes);

}  // namespace anemon
