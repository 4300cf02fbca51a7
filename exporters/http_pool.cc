#include "exporters/http_pool.h"

#include <deque>
#include <string>
#include <utility>

#include "core/mutex.h"

namespace anemon {

// Shared with the threads, so that an abandoned one never outlives what it uses.
struct HttpPool::State {
  struct Job {
    std::uint64_t connection = 0;
    std::function<GateResult()> run;
  };

  State(std::size_t limit, std::function<void()> notification)
      : queue_limit(limit), notify(std::move(notification)) {}

  const std::size_t queue_limit;
  const std::function<void()> notify;

  Mutex mutex;
  CondVar wanted;
  std::deque<Job> queue ANEMON_GUARDED_BY(mutex);
  std::vector<PoolResult> done ANEMON_GUARDED_BY(mutex);
  std::size_t running ANEMON_GUARDED_BY(mutex) = 0;

  void work(const StopFlag& stop) {
    while (true) {
      Job job;
      {
        const Lock lock(mutex);
        while (queue.empty() && !stop.requested()) wanted.wait(mutex);
        if (stop.requested()) return;
        job = std::move(queue.front());
        queue.pop_front();
        ++running;
      }
      PoolResult result{job.connection, job.run()};
      job = {};  // what the job held is freed before anybody sees its result
      {
        const Lock lock(mutex);
        --running;
        done.push_back(std::move(result));
      }
      notify();
    }
  }

  void wake() {
    // Under the mutex: a thread between its look at the flag and its wait would miss the call.
    const Lock lock(mutex);
    wanted.notify_all();
  }
};

HttpPool::HttpPool(std::size_t threads, std::size_t queue, std::function<void()> notify)
    : state_(std::make_shared<State>(queue, std::move(notify))) {
  for (std::size_t i = 0; i < threads; ++i) {
    workers_.push_back(std::make_unique<Worker>(
        "http-slow-" + std::to_string(i),
        [state = state_](const StopFlag& stop) { state->work(stop); },
        [state = state_] { state->wake(); }));
  }
}

HttpPool::~HttpPool() { stop(); }

bool HttpPool::submit(std::uint64_t connection, std::function<GateResult()> job) {
  const Lock lock(state_->mutex);
  if (state_->queue.size() >= state_->queue_limit) return false;
  state_->queue.push_back({connection, std::move(job)});
  ++outstanding_;
  state_->wanted.notify_one();
  return true;
}

bool HttpPool::collect(std::vector<PoolResult>& results) {
  if (outstanding_ == 0) return false;
  const Lock lock(state_->mutex);
  results.swap(state_->done);
  outstanding_ -= results.size();
  return true;
}

bool HttpPool::stop() {
  bool busy = false;
  {
    const Lock lock(state_->mutex);
    state_->queue.clear();
    busy = state_->running > 0;
  }
  for (const auto& worker : workers_) worker->request_stop();
  // Which of the threads runs the job is not known: all are let go, the others end by themselves.
  if (busy) {
    for (const auto& worker : workers_) worker->abandon();
  }
  workers_.clear();
  return !busy;
}

}  // namespace anemon
