// The thread that finds a daemon and sends it what the queue holds.
//
// While a daemon listens, the queue is published in `published`; hot calls look there and nowhere
// else. A daemon that goes away is waited for with `patience`, then calls do nothing until it is
// back. What was sent without an answer is never sent again: better lost than counted twice.
#pragma once

#include <atomic>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.h"
#include "core/mutex.h"
#include "core/worker.h"
#include "sdk/client/daemon_finder.h"
#include "sdk/client/event_batch.h"
#include "sdk/client/event_queue.h"
#include "sdk/client/tally.h"

namespace anemon {

struct ReporterOptions {
  std::vector<std::filesystem::path> sockets;
  Duration send_interval, look_interval, answer_timeout, patience, exit_flush;
};

class Reporter {
 public:
  // Starts the thread. The queue, the tally and the published pointer outlive it.
  Reporter(ReporterOptions options, EventQueue& queue, Tally& tally,
           std::atomic<EventQueue*>& published);
  ~Reporter() { stop(); }

  // Sends what waits for at most exit_flush, counts the rest as lost and joins the thread.
  void stop() ANEMON_EXCLUDES(mutex_);

  // True when all that was queued before has been settled before `awake_deadline`.
  bool flush(Duration awake_deadline) ANEMON_EXCLUDES(mutex_);

  Standing standing() const ANEMON_EXCLUDES(mutex_);
  const ReporterOptions& options() const { return options_; }

  // From now on inferences that begin are the session's; the newest of several has them.
  void open_session(const std::string& id) ANEMON_EXCLUDES(mutex_);
  void close_session(const std::string& id) ANEMON_EXCLUDES(mutex_);

  // In the child of a fork, where the thread is not: lets go of its connection.
  void abandon_in_child() noexcept { connection_.abandon_in_child(); }

 private:
  struct OpenSession {
    std::string id;
    Duration begin;  // awake
  };

  void run(const StopFlag& stop_flag) ANEMON_EXCLUDES(mutex_);
  void work() noexcept ANEMON_EXCLUDES(mutex_);
  void wait() ANEMON_EXCLUDES(mutex_);
  void wake() ANEMON_EXCLUDES(mutex_);
  void look() ANEMON_EXCLUDES(mutex_);
  void send_waiting() ANEMON_EXCLUDES(mutex_);
  void send_batch() ANEMON_EXCLUDES(mutex_);
  void fill_batch() ANEMON_EXCLUDES(mutex_);
  void notify_settled() ANEMON_EXCLUDES(mutex_);
  void count_answer(const std::string& body);
  void give_up(std::atomic<uint64_t>& as);
  void pause_longer();
  void set_standing(Standing standing) ANEMON_EXCLUDES(mutex_);
  std::string session_of(const ReportedInference& inference) const ANEMON_EXCLUDES(mutex_);

  // constant after construction, or atomic
  const ReporterOptions options_;
  EventQueue& queue_;
  Tally& tally_;
  std::atomic<EventQueue*>& published_;
  SystemClock clock_;
  std::atomic<Duration::rep> limit_;  // awake time after which the thread waits for nothing

  mutable Mutex mutex_;
  CondVar wake_up_, settled_;
  bool woken_ ANEMON_GUARDED_BY(mutex_) = false;
  Standing standing_ ANEMON_GUARDED_BY(mutex_);
  std::vector<OpenSession> sessions_ ANEMON_GUARDED_BY(mutex_);

  // used only by the thread
  DaemonConnection connection_;
  EventBatch batch_;
  std::string batch_session_;              // empty: none
  std::optional<ReportedInference> next_;  // has left the queue and belongs to the next batch
  Duration pause_{};
  Duration next_look_{};
  std::optional<Duration> away_since_;  // of a daemon that has listened

  std::optional<Worker> worker_;
};

}  // namespace anemon
