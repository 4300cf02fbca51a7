// Inference events on their way from clients to the `inference` collector.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/inference.h"
#include "core/mutex.h"

namespace anemon {

// Bounded in events and in bytes. Closed while nobody drains it.
// Thread safety: any thread may push, open or close, one drains. The lock is held only while
// strings are moved.
class InferenceQueue {
 public:
  static constexpr size_t kCapacity = 65'536;

  static constexpr size_t kMaxBytes = 16U << 20;  // of what waits, about

  explicit InferenceQueue(size_t capacity = kCapacity, size_t max_bytes = kMaxBytes)
      : capacity_(capacity), max_bytes_(max_bytes) {}

  // Whether the `inference` collector runs. Closing forgets what waits; closed, nothing is taken.
  void set_open(bool open) ANEMON_EXCLUDES(mutex_);
  bool is_open() const ANEMON_EXCLUDES(mutex_);

  // Takes the first events that there is room for and returns how many; the rest is dropped.
  size_t push(std::span<const InferenceEvent> events) ANEMON_EXCLUDES(mutex_);

  // Replaces `events` by all that wait, oldest first, and returns how many were dropped since the
  // last call. Those of a closed queue do not count.
  uint64_t drain(std::vector<InferenceEvent>& events) ANEMON_EXCLUDES(mutex_);

 private:
  const size_t capacity_, max_bytes_;
  mutable Mutex mutex_;
  bool open_ ANEMON_GUARDED_BY(mutex_) = true;
  size_t bytes_ ANEMON_GUARDED_BY(mutex_) = 0;  // of events_
  std::vector<InferenceEvent> events_ ANEMON_GUARDED_BY(mutex_);
  uint64_t dropped_ ANEMON_GUARDED_BY(mutex_) = 0;
};

}  // namespace anemon
