#include "collectors/inference_queue.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace anemon {

size_t InferenceQueue::push(std::span<const InferenceEvent> events) {
  // Copied before the lock is taken, and never more than can fit, however much a client sends.
  std::vector<InferenceEvent> copies(
      events.begin(), events.begin() + static_cast<ptrdiff_t>(std::min(events.size(), capacity_)));
  const Lock lock(mutex_);
  const size_t taken = std::min(copies.size(), capacity_ - events_.size());
  std::move(copies.begin(), copies.begin() + static_cast<ptrdiff_t>(taken),
            std::back_inserter(events_));
  dropped_ += events.size() - taken;
  return taken;
}

uint64_t InferenceQueue::drain(std::vector<InferenceEvent>& events) {
  events.clear();
  const Lock lock(mutex_);
  events_.swap(events);
  return std::exchange(dropped_, 0);
}

}  // namespace anemon
