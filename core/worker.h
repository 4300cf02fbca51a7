// An owned, named thread (std::jthread is missing from the libc++ of macOS 13).
// The body is told to stop through StopFlag; the destructor requests the stop and joins.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <thread>

namespace anemon {

// Shared between a Worker and its body. Bodies that wait on a condition variable of their own give
// Worker a wake function, which is called once after the flag is set, on the thread that stops.
class StopFlag {
 public:
  bool requested() const noexcept { return requested_.load(std::memory_order_acquire); }

 private:
  friend class Worker;
  std::atomic<bool> requested_{false};
};

class Worker {
 public:
  // Starts at once. `name` shows in debuggers and /proc (cut to 15 characters on Linux).
  // An exception that leaves `body` ends the program, as with std::thread: catch inside.
  Worker(const std::string& name, std::function<void(const StopFlag&)> body,
         std::function<void()> wake = {});
  ~Worker();  // stops and joins, unless abandoned
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  void request_stop() noexcept;
  bool finished() const noexcept;

  // Requests the stop and lets go of a thread that hangs in a device. Everything its body touches
  // must stay alive until the process ends. The only sanctioned way not to join.
  void abandon() noexcept;

 private:
  struct State {
    StopFlag stop;
    std::atomic<bool> finished{false};
  };
  std::shared_ptr<State> state_;
  std::function<void()> wake_;
  std::thread thread_;
};

}  // namespace anemon
