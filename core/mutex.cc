#include "core/mutex.h"

#if defined(__linux__)
#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <climits>
#endif

namespace anemon {

#if defined(__linux__)

namespace {

// Blocks while the word is `seen`: a notification between its reading and this call is not missed.
void sleep_on(const std::atomic<uint32_t>& word, uint32_t seen, const timespec* timeout) {
  static_assert(sizeof(std::atomic<uint32_t>) == sizeof(uint32_t));
  syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, seen, timeout, nullptr, 0);
}

void wake(std::atomic<uint32_t>& word, int waiters) {
  word.fetch_add(1, std::memory_order_release);
  syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, waiters, nullptr, nullptr, 0);
}

}  // namespace

void CondVar::notify_one() noexcept { wake(notifications_, 1); }
void CondVar::notify_all() noexcept { wake(notifications_, INT_MAX); }

void CondVar::wait(Mutex& mutex) {
  const uint32_t seen = notifications_.load(std::memory_order_acquire);
  mutex.mutex_.unlock();
  sleep_on(notifications_, seen, nullptr);
  mutex.mutex_.lock();
}

void CondVar::wait_for(Mutex& mutex, std::chrono::nanoseconds timeout) {
  if (timeout <= std::chrono::nanoseconds::zero()) return;
  const auto whole = std::chrono::duration_cast<std::chrono::seconds>(timeout);
  const timespec left{whole.count(), (timeout - whole).count()};
  const uint32_t seen = notifications_.load(std::memory_order_acquire);
  mutex.mutex_.unlock();
  sleep_on(notifications_, seen, &left);
  mutex.mutex_.lock();
}

#else

void CondVar::notify_one() noexcept { condition_.notify_one(); }
void CondVar::notify_all() noexcept { condition_.notify_all(); }

void CondVar::wait(Mutex& mutex) {
  std::unique_lock<std::mutex> lock(mutex.mutex_, std::adopt_lock);
  condition_.wait(lock);
  lock.release();  // the caller still holds it
}

void CondVar::wait_for(Mutex& mutex, std::chrono::nanoseconds timeout) {
  std::unique_lock<std::mutex> lock(mutex.mutex_, std::adopt_lock);
  condition_.wait_for(lock, timeout);
  lock.release();
}

#endif

}  // namespace anemon
