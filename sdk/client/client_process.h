// What one process has of the client: one queue, one thread, the registered models. Made at its
// first use and never destroyed, since other threads may report until the process ends.
#pragma once

#include <atomic>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/mutex.h"
#include "sdk/client/registered_model.h"
#include "sdk/client/reporter.h"

namespace anemon {

// Where anemon_inference() puts what is reported; null while nobody listens.
extern std::atomic<EventQueue*> published_queue;

class ClientProcess {
 public:
  // The one of this process.
  static ClientProcess& instance();

  // False when it ran already. Throws Error, std::bad_alloc and std::system_error.
  bool start(const anemon_options& options) ANEMON_EXCLUDES(mutex_);
  // Starts with the defaults unless it was ever started in this process.
  void start_once() ANEMON_EXCLUDES(mutex_);
  void stop() ANEMON_EXCLUDES(mutex_);

  // Null when there are too many. Throws Error.
  const anemon_model* find_or_add(const anemon_model& model) ANEMON_EXCLUDES(mutex_);

  // False when not all was settled in time; nothing when the thread does not run.
  std::optional<bool> flush(Duration awake_deadline) ANEMON_EXCLUDES(mutex_);
  anemon_counters counters() ANEMON_EXCLUDES(mutex_);
  Standing standing() ANEMON_EXCLUDES(mutex_);
  std::vector<std::filesystem::path> sockets() ANEMON_EXCLUDES(mutex_);
  void open_session(const std::string& id) ANEMON_EXCLUDES(mutex_);
  void close_session(const std::string& id) ANEMON_EXCLUDES(mutex_);

 private:
  // All that a fork leaves behind in the child.
  struct Running {
    explicit Running(size_t capacity) : queue(capacity) {}

    EventQueue queue;
    Tally tally;
    std::shared_ptr<Reporter> reporter;  // null: stopped
  };

  ClientProcess();
  std::shared_ptr<Reporter> reporter() ANEMON_EXCLUDES(mutex_);
  void forget_in_child() ANEMON_REQUIRES(mutex_);

  Mutex mutex_;
  std::unique_ptr<Running> running_ ANEMON_GUARDED_BY(mutex_);
  std::vector<Running*> left_to_parents_ ANEMON_GUARDED_BY(mutex_);  // reachable, never used
  bool was_started_ ANEMON_GUARDED_BY(mutex_) = false;
  std::deque<anemon_model> models_ ANEMON_GUARDED_BY(mutex_);  // they never move
};

}  // namespace anemon
