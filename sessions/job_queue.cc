#include "sessions/job_queue.h"

namespace anemon {

std::shared_ptr<JobQueue::Job> JobQueue::push(std::function<void()> work) {
  auto job = std::make_shared<Job>();
  job->work = std::move(work);
  const Lock lock(mutex_);
  if (closed_) throw SessionError(SessionErrorCode::unavailable, "the daemon is shutting down");
  if (jobs_.size() >= kMaxWaiting) {
    throw SessionError(SessionErrorCode::unavailable, "the session database is busy",
                       "too many requests wait for it; try again");
  }
  jobs_.push_back(job);
  changed_.notify_one();
  return job;
}

void JobQueue::give_up(Job& job) {
  Progress expected = Progress::waiting;
  const bool never = job.progress.compare_exchange_strong(expected, Progress::given_up);
  throw SessionError(SessionErrorCode::unavailable, "the session database does not answer",
                     never ? "the disk may hang; nothing was done"
                           : "the disk may hang; the request may still take effect");
}

void JobQueue::wake() {
  const Lock lock(mutex_);
  changed_.notify_all();
}

void JobQueue::close() {
  std::deque<std::shared_ptr<Job>> dropped;  // their waiters are told outside the lock
  const Lock lock(mutex_);
  closed_ = true;
  dropped.swap(jobs_);
  changed_.notify_all();
}

bool JobQueue::run_one(std::optional<Duration> deadline, const StopFlag& stop) {
  std::shared_ptr<Job> job;
  {
    const Lock lock(mutex_);
    while (jobs_.empty()) {
      if (stop.requested() || (deadline && clock_.now().awake >= *deadline)) return false;
      if (deadline) {
        clock_.wait_until(changed_, mutex_, *deadline);
      } else {
        changed_.wait(mutex_);
      }
    }
    job = std::move(jobs_.front());
    jobs_.pop_front();
  }
  Progress expected = Progress::waiting;
  if (job->progress.compare_exchange_strong(expected, Progress::begun)) job->work();
  return true;
}

}  // namespace anemon
