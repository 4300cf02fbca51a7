// Readiness of many descriptors on one thread: epoll on Linux, kqueue on macOS, level-triggered.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "core/clock.h"

namespace anemon {

struct Interest {
  bool read = false;
  bool write = false;
  bool operator==(const Interest&) const = default;
};

struct PollerEvent {
  std::uint64_t key = 0;  // as given to add()
  bool readable = false;  // also set at end of file and on error, so that a read finds out
  bool writable = false;
};

// Used by one thread, except wake(). Steady waits allocate nothing. Throws Error only when created.
class EventPoller {
 public:
  EventPoller();
  ~EventPoller();
  EventPoller(const EventPoller&) = delete;
  EventPoller& operator=(const EventPoller&) = delete;

  // False (errno set) when the system refuses to watch one more descriptor.
  bool add(int descriptor, std::uint64_t key, Interest interest);
  void change(int descriptor, std::uint64_t key, Interest before, Interest after);
  void remove(int descriptor, Interest interest);  // before the descriptor is closed

  // Blocks until something is ready, wake() is called or `timeout` of real time has passed
  // (Duration::max() waits without end). The events live until the next wait.
  std::span<const PollerEvent> wait(Duration timeout);

  // Ends the current or the next wait. From any thread.
  void wake() noexcept;

 private:
  struct System;
  std::unique_ptr<System> system_;
};

}  // namespace anemon
