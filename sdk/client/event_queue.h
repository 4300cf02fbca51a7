// Inferences on their way from any number of threads to the one that sends them.
//
// A ring of slots, each with the turn it is in: a writer claims the next position by moving the
// tail, fills the slot and passes it on by its turn; the reader gives it back for the next round. A
// writer never waits: without a free slot there is nothing to claim. A writer that is interrupted
// between claim and fill delays the reader, and nobody else.
#pragma once

#include <anemon/client.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace anemon {

// With its slot's turn, one cache line.
struct ReportedInference {
  const anemon_model* model = nullptr;
  uint64_t begin_ns = 0;  // by anemon_clock()
  uint64_t duration_ns : 62 = 0;
  uint64_t ok : 1 = 1;
  uint64_t has_items : 1 = 0;
  std::array<uint64_t, ANEMON_MAX_ITEM_KINDS> items{};
};

class EventQueue {
 public:
  explicit EventQueue(size_t capacity)  // a power of two
      : mask_(capacity - 1), slots_(std::make_unique<Slot[]>(capacity)) {
    for (size_t i = 0; i < capacity; ++i) slots_[i].turn.store(i, std::memory_order_relaxed);
  }

  // Any thread. False when the queue is full; then it is counted as dropped.
  bool push(const ReportedInference& inference) noexcept {
    uint64_t position = tail_.load(std::memory_order_relaxed);
    for (;;) {
      Slot& slot = slots_[position & mask_];
      const uint64_t turn = slot.turn.load(std::memory_order_acquire);
      if (turn == position) {
        if (tail_.compare_exchange_weak(position, position + 1, std::memory_order_relaxed)) {
          slot.inference = inference;
          slot.turn.store(position + 1, std::memory_order_release);
          return true;
        }
      } else if (turn < position) {
        dropped_.fetch_add(1, std::memory_order_relaxed);
        return false;
      } else {
        position = tail_.load(std::memory_order_relaxed);
      }
    }
  }

  // One thread. False when there is none, or its writer has not filled it yet.
  bool pop(ReportedInference& inference) noexcept {
    Slot& slot = slots_[head_ & mask_];
    if (slot.turn.load(std::memory_order_acquire) != head_ + 1) return false;
    inference = slot.inference;
    slot.turn.store(head_ + mask_ + 1, std::memory_order_release);
    ++head_;
    return true;
  }

  // Pushed and dropped so far.
  uint64_t pushed() const noexcept { return tail_.load(std::memory_order_relaxed); }
  uint64_t dropped() const noexcept { return dropped_.load(std::memory_order_relaxed); }

 private:
  struct alignas(64) Slot {
    std::atomic<uint64_t> turn{0};
    ReportedInference inference;
  };
  static_assert(sizeof(Slot) == 64);

  // of the writers, with what is constant after construction and read beside it
  alignas(64) std::atomic<uint64_t> tail_{0};
  const uint64_t mask_;
  const std::unique_ptr<Slot[]> slots_;
  alignas(64) std::atomic<uint64_t> dropped_{0};
  // of the reader
  alignas(64) uint64_t head_ = 0;
};

}  // namespace anemon
