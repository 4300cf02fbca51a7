// Inference events on their way from clients to the `inference` collector.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/inference.h"
#include "core/mutex.h"

namespace anemon {

// Thread safety: any thread may push, one drains. The lock is held only while strings are moved.
class InferenceQueue {
 public:
  static constexpr size_t kCapacity = 65'536;

  explicit InferenceQueue(size_t capacity = kCapacity) : capacity_(capacity) {}

  // Takes the first events that there is room for and returns how many; the rest is dropped.
  size_t push(std::span<const InferenceEvent> events) ANEMON_EXCLUDES(mutex_);

  // Replaces `events` by all that wait, oldest first, and returns how many were dropped since the
  // last call.
  uint64_t drain(std::vector<InferenceEvent>& events) ANEMON_EXCLUDES(mutex_);

 private:
  const size_t capacity_;
  mutable Mutex mutex_;
  std::vector<InferenceEvent> events_ ANEMON_GUARDED_BY(mutex_);
  uint64_t dropped_ ANEMON_GUARDED_BY(mutex_) = 0;
};

}  // namespace anemon
