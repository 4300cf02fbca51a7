// What the sessions thread does, without the thread: requests, recording, and the database with its
// failures. Every method belongs to one thread. Requests throw SessionError.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "sessions/recorder.h"
#include "sessions/session_data.h"
#include "sessions/session_error.h"
#include "sessions/session_keeper.h"

namespace anemon {

// What metrics and status tell; immutable once published.
struct SessionSnapshot {
  SessionKeeper::Status status;
  std::array<uint64_t, 4> ended{};  // by SessionState
  std::vector<SessionKeeper::Open> open;
};

class SessionEngine {
 public:
  SessionEngine(SessionOptions options, const SessionContext& context);

  void set_options(const SessionOptions& options);

  // Opens the database and closes what an earlier process left open. Failure is a state.
  void open();
  // Does what is due: recording, expiry, folding, another try at a database that failed.
  void wake();
  // When `wake` is next due on the awake clock; nothing while there is nothing to do.
  std::optional<Duration> next_wake() const;
  void flush();
  // Ends all open sessions durably.
  void shut_down();

  std::shared_ptr<const SessionSnapshot> snapshot() const;

  std::string start(const SessionRequest& request);
  std::string stop(const std::string& ref);
  std::string get(const std::string& ref);
  std::string list(const SessionFilter& filter);
  void remove(const std::string& ref);
  std::string annotate(const std::string& ref, const std::string& text,
                       std::optional<Duration> wall);
  SessionKeeper::EventCount add_events(const std::string& ref,
                                       std::span<const InferenceEvent> events);

  // For samples and exports, piece by piece: each call stands alone, so that recording goes on
  // between them. A session deleted meanwhile has no more points.
  struct Outline {
    std::string document;
    SessionRow row;
    std::vector<SessionSeries> series;
    std::vector<SessionModel> models;
    std::vector<SessionAnnotation> annotations;
  };
  Outline outline(const std::string& ref);
  SamplePoints points(int64_t session, const SessionSeries& series);
  std::vector<SessionInference> inferences(int64_t model, SessionTime begins, int64_t after);

  static constexpr Duration kWakePeriod = std::chrono::milliseconds(500);
  static constexpr size_t kMaxAnnotations = 10'000;

 private:
  enum class Choose { any, running };

  Database& database();
  static SessionError not_recorded(DatabaseError::Cause cause, const std::string& why);
  // Runs a request's work on the database, whose failures become answers and a state.
  template <class Work>
  auto guarded(const Work& work);
  void failed(const DatabaseError& error);
  void recovered();
  void begin_anew(const std::string& why);
  void reinsert_lost();
  void interrupt_left_open();
  void record();
  void persist(Instant now);
  void expire();
  SessionRow resolve(const std::string& ref, Choose choose);
  SessionRow end(Recording& recording, SessionState state, const std::string& reason);
  SessionRow end_durably(Recording& recording, SessionState state, const std::string& reason);
  void complete_summary(SessionRow& row);
  nlohmann::ordered_json summary_of(SessionRow& row);
  std::string document(SessionRow row);
  void prune();
  void tell_pids();
  void update_signals();

  SessionOptions options_;
  const SessionContext context_;
  Recorder recorder_;
  std::unique_ptr<Database> database_;
  std::array<uint64_t, 4> ended_{};
  uint64_t signals_version_ = 0;
  std::string signals_;
  std::vector<pid_t> told_pids_;
  Duration woke_{};  // awake, as the others
  Duration persisted_{};
  // Failure of the database.
  std::string failure_;  // empty: none
  DatabaseError::Cause failure_cause_ = DatabaseError::Cause::other;
  Duration retry_at_{};
  Duration backoff_{};
};

template <class Work>
auto SessionEngine::guarded(const Work& work) {
  try {
    return work(database());
  } catch (const DatabaseError& error) {
    const auto cause = error.cause();
    if (cause == DatabaseError::Cause::full || cause == DatabaseError::Cause::unwritable ||
        cause == DatabaseError::Cause::corrupt) {
      failed(error);
    }
    throw not_recorded(cause, error.what());
  }
}

}  // namespace anemon
