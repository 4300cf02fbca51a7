// The machine's memory as the kernel counts it. One thread; no allocation in the steady state.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "core/clock.h"
#include "platform/host_root.h"
#include "platform/kernel_file.h"

namespace anemon {

// Bytes. What the kernel does not tell is unset.
struct MemorySnapshot {
  std::optional<uint64_t> total;
  // What can be had without swapping or compressing: the kernel's own estimate on Linux, the sum of
  // `free` and `cached` on macOS.
  std::optional<uint64_t> available;
  std::optional<uint64_t> free;
  std::optional<uint64_t> cached;      // page cache; macOS: of files and purgeable
  std::optional<uint64_t> wired;       // macOS
  std::optional<uint64_t> compressed;  // macOS
  std::optional<uint64_t> swap_total;
  std::optional<uint64_t> swap_free;
  std::optional<uint32_t> pressure_level;  // macOS: 1 normal, 2 warning, 4 critical
};

// How long tasks were stalled for lack of memory, since boot: some of them, or all at once.
struct MemoryStall {
  std::optional<Duration> some, full;
};

class MemorySource {
 public:
  virtual ~MemorySource() = default;
  virtual ReadStatus read(MemorySnapshot& snapshot) = 0;
  // `absent` when the kernel does not count it.
  virtual ReadStatus read(MemoryStall& stall) = 0;
};

// Null where this program has no source.
std::unique_ptr<MemorySource> open_memory(const HostRoot& root);

}  // namespace anemon
