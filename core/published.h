// Publishes immutable values to readers that keep what they got. The lock is held only while a
// pointer is copied or swapped, never while a value is built, read or destroyed.
// (std::atomic<std::shared_ptr> is missing from the libc++ of macOS 13.)
#pragma once

#include <memory>
#include <utility>

#include "core/mutex.h"

namespace anemon {

template <class T>
class Published {
 public:
  explicit Published(std::shared_ptr<const T> value = std::make_shared<const T>())
      : value_(std::move(value)) {}

  std::shared_ptr<const T> get() const {
    const Lock lock(mutex_);
    return value_;
  }

  void publish(std::shared_ptr<const T> value) {
    const Lock lock(mutex_);
    value_.swap(value);
  }

  // For sampling threads: gives up instead of waiting for a reader; try again at the next pass.
  bool try_publish(std::shared_ptr<const T> value) {
    if (!mutex_.try_lock()) return false;
    value_.swap(value);
    mutex_.unlock();
    return true;
  }

 private:
  mutable Mutex mutex_;
  std::shared_ptr<const T> value_ ANEMON_GUARDED_BY(mutex_);
};

}  // namespace anemon
