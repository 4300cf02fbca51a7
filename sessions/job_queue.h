// Work for one thread, handed over by others who wait for its result, but not for ever.
#pragma once

#include <atomic>
#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include "core/clock.h"
#include "core/mutex.h"
#include "core/worker.h"
#include "sessions/session_error.h"

namespace anemon {

class JobQueue {
 public:
  explicit JobQueue(Clock& clock) : clock_(clock) {}

  // ---- Any thread ------------------------------------------------------------------------------

  // Runs `work` on the queue's thread and returns (or throws) what it does. Throws SessionError
  // (unavailable) when the queue is full or closed, or nothing came back within `patience` of real
  // time; work that had not begun by then never will.
  template <class Work>
  auto call(Work work, Duration patience) -> std::invoke_result_t<Work&> {
    using Result = std::invoke_result_t<Work&>;
    const auto task = std::make_shared<std::packaged_task<Result()>>(std::move(work));
    auto result = task->get_future();
    const auto job = push([task] { (*task)(); });
    if (result.wait_for(patience) != std::future_status::ready) give_up(*job);
    return get(result);
  }

  void wake() ANEMON_EXCLUDES(mutex_);
  // Refuses what comes from now on, and drops what waits.
  void close() ANEMON_EXCLUDES(mutex_);

  // ---- The thread ------------------------------------------------------------------------------

  // Waits for work until `deadline` (awake; nothing: for ever) or the stop, and runs one piece of
  // it. False when there was none.
  bool run_one(std::optional<Duration> deadline, const StopFlag& stop) ANEMON_EXCLUDES(mutex_);

  static constexpr size_t kMaxWaiting = 64;

 private:
  enum class Progress { waiting, begun, given_up };
  struct Job {
    std::function<void()> work;
    std::atomic<Progress> progress{Progress::waiting};
  };

  std::shared_ptr<Job> push(std::function<void()> work) ANEMON_EXCLUDES(mutex_);
  [[noreturn]] static void give_up(Job& job);

  template <class Result>
  static Result get(std::future<Result>& result) {
    try {
      return result.get();
    } catch (const std::future_error&) {
      throw SessionError(SessionErrorCode::unavailable, "the daemon is shutting down");
    }
  }

  Clock& clock_;
  Mutex mutex_;
  CondVar changed_;
  std::deque<std::shared_ptr<Job>> jobs_ ANEMON_GUARDED_BY(mutex_);
  bool closed_ ANEMON_GUARDED_BY(mutex_) = false;
};

}  // namespace anemon
