// What became of the inferences that left the queue. Written by the sending thread, read by all.
#pragma once

#include <atomic>
#include <cstdint>

namespace anemon {

struct Tally {
  std::atomic<uint64_t> accepted{0};
  std::atomic<uint64_t> refused{0};
  std::atomic<uint64_t> lost{0};

  uint64_t settled() const noexcept {
    return accepted.load(std::memory_order_relaxed) + refused.load(std::memory_order_relaxed) +
           lost.load(std::memory_order_relaxed);
  }
};

}  // namespace anemon
