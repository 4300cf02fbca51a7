// A std::mutex that Clang's thread-safety analysis can follow (libstdc++'s own is not annotated).
// Members are grouped by the mutex that guards them and marked ANEMON_GUARDED_BY; g++ ignores it
// all.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>

#if defined(__clang__)
#define ANEMON_THREAD_ANNOTATION(x) __attribute__((x))
#else
#define ANEMON_THREAD_ANNOTATION(x)
#endif

#define ANEMON_GUARDED_BY(x) ANEMON_THREAD_ANNOTATION(guarded_by(x))
#define ANEMON_REQUIRES(...) ANEMON_THREAD_ANNOTATION(requires_capability(__VA_ARGS__))
#define ANEMON_EXCLUDES(...) ANEMON_THREAD_ANNOTATION(locks_excluded(__VA_ARGS__))

namespace anemon {

class ANEMON_THREAD_ANNOTATION(capability("mutex")) Mutex {
 public:
  void lock() ANEMON_THREAD_ANNOTATION(acquire_capability()) { mutex_.lock(); }
  void unlock() ANEMON_THREAD_ANNOTATION(release_capability()) { mutex_.unlock(); }
  bool try_lock() ANEMON_THREAD_ANNOTATION(try_acquire_capability(true)) {
    return mutex_.try_lock();
  }

 private:
  friend class CondVar;
  std::mutex mutex_;
};

class ANEMON_THREAD_ANNOTATION(scoped_lockable) Lock {
 public:
  explicit Lock(Mutex& mutex) ANEMON_THREAD_ANNOTATION(acquire_capability(mutex)) : mutex_(mutex) {
    mutex_.lock();
  }
  ~Lock() ANEMON_THREAD_ANNOTATION(release_capability()) { mutex_.unlock(); }
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;

 private:
  Mutex& mutex_;
};

// Waits on a Mutex that the caller holds. Wake-ups may be spurious: wait in a loop on the
// condition.
//
// On Linux a futex of its own: glibc's condition variable marks the mutex as contended when a wait
// times out and pays a second system call for it, in each of a thousand wake-ups a second.
class CondVar {
 public:
  void notify_one() noexcept;
  void notify_all() noexcept;
  void wait(Mutex& mutex) ANEMON_REQUIRES(mutex);
  void wait_for(Mutex& mutex, std::chrono::nanoseconds timeout) ANEMON_REQUIRES(mutex);

 private:
#if defined(__linux__)
  std::atomic<uint32_t> notifications_{0};
#else
  std::condition_variable condition_;
#endif
};

}  // namespace anemon
