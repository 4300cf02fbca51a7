// One connection to a daemon's Unix socket, for POST requests with a limit on their whole time.
// Uses nothing but the system, so that programs which report inferences link nothing more.
//
// One thread at a time; but abandon_in_child() is for the child of a fork.
#pragma once

#include <atomic>
#include <filesystem>
#include <string>
#include <string_view>

#include "core/clock.h"

namespace anemon {

// When a wait ends: at its own deadline or as soon as `limit` has passed, which others may move.
// Both are awake time.
struct WaitLimit {
  Duration deadline;
  const std::atomic<Duration::rep>* limit = nullptr;
};

class DaemonConnection {
 public:
  enum class Connecting { connected, absent, not_permitted, failed };
  enum class Outcome {
    answered,
    not_sent,   // the daemon cannot have read the whole request
    no_answer,  // it can have, but the connection broke or the time was over
  };
  struct Answer {
    Outcome outcome = Outcome::not_sent;
    bool timed_out = false;
    int status = 0;    // HTTP
    std::string body;  // at most kMaxBody
  };
  static constexpr size_t kMaxBody = size_t{1} << 20;

  DaemonConnection() = default;
  ~DaemonConnection() { close(); }
  DaemonConnection(const DaemonConnection&) = delete;
  DaemonConnection& operator=(const DaemonConnection&) = delete;

  // Leaves the reason of a failure in error().
  Connecting connect(const std::filesystem::path& socket);
  void close() noexcept;
  bool is_open() const noexcept { return descriptor_.load(std::memory_order_relaxed) >= 0; }
  // Whether the daemon has ended a connection that is not in use. Costs a system call.
  bool has_ended() const noexcept;

  // Without an answer the connection is closed; with one, when the daemon says so.
  Answer post(std::string_view target, std::string_view body, const WaitLimit& wait);

  const std::string& error() const { return error_; }

  // Closes the copy that a fork made, whatever its parent was doing with it.
  void abandon_in_child() noexcept { close(); }

 private:
  Answer exchange(std::string_view request, const WaitLimit& wait);
  bool wait_for(short events, const WaitLimit& wait) const;

  SystemClock clock_;
  std::atomic<int> descriptor_{-1};
  std::string error_;
};

}  // namespace anemon
