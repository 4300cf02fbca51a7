#include "collectors/inference_queue.h"

#include <algorithm>
#include <utility>

namespace anemon {

namespace {

// About what an event takes of the heap: its texts, and a node per kind of item.
size_t bytes_of(const InferenceEvent& event) {
  constexpr size_t kNodeBytes = 80;
  size_t bytes = sizeof event + event.model.capacity() + event.compute_unit.capacity();
  for (const auto& [kind, count] : event.items) bytes += kNodeBytes + kind.capacity();
  return bytes;
}

}  // namespace

void InferenceQueue::set_open(bool open) {
  std::vector<InferenceEvent> forgotten;  // destroyed without the lock
  const Lock lock(mutex_);
  open_ = open;
  if (open) return;
  events_.swap(forgotten);
  bytes_ = 0;
  dropped_ = 0;
}

bool InferenceQueue::is_open() const {
  const Lock lock(mutex_);
  return open_;
}

size_t InferenceQueue::push(std::span<const InferenceEvent> events) {
  // Copied before the lock is taken, and never more than can fit, however much a client sends.
  std::vector<InferenceEvent> copies(
      events.begin(), events.begin() + static_cast<ptrdiff_t>(std::min(events.size(), capacity_)));
  const Lock lock(mutex_);
  if (!open_) return 0;
  size_t taken = 0;
  for (; taken < copies.size() && events_.size() < capacity_; ++taken) {
    const size_t bytes = bytes_of(copies[taken]);
    if (bytes > max_bytes_ - bytes_) break;
    bytes_ += bytes;
    events_.push_back(std::move(copies[taken]));
  }
  dropped_ += events.size() - taken;
  return taken;
}

uint64_t InferenceQueue::drain(std::vector<InferenceEvent>& events) {
  events.clear();
  const Lock lock(mutex_);
  events_.swap(events);
  bytes_ = 0;
  return std::exchange(dropped_, 0);
}

}  // namespace anemon
