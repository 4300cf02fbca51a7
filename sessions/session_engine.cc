#include "sessions/session_engine.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "sessions/missing.h"
#include "sessions/session_document.h"
#include "sessions/session_schema.h"
#include "sessions/session_summary.h"

namespace anemon {
namespace {

constexpr Duration kFirstRetry = std::chrono::seconds(1);
constexpr Duration kLongestRetry = std::chrono::seconds(30);
// Sessions that nothing happens in are written this often, for their length.
constexpr Duration kIdlePersist = std::chrono::milliseconds(900);
constexpr Duration kSummaryBudget = std::chrono::milliseconds(500);  // at shutdown

}  // namespace

SessionEngine::SessionEngine(SessionOptions options, const SessionContext& context)
    : options_(std::move(options)), context_(context), recorder_(context_.store) {}

void SessionEngine::set_options(const SessionOptions& options) {
  const auto state_dir = options_.state_dir;
  options_ = options;
  options_.state_dir = state_dir;
}

// ---- The database and its failures -------------------------------------------------------------

void SessionEngine::open() {
  database_.reset();
  try {
    database_ = open_session_database(options_.state_dir, context_.clock.now().wall, context_.log);
    reinsert_lost();
    interrupt_left_open();
    prune();
    recovered();
  } catch (const DatabaseError& error) {
    failed(error);
  }
}

SessionError SessionEngine::not_recorded(DatabaseError::Cause cause, const std::string& why) {
  const std::string message = "sessions cannot be recorded: " + why;
  switch (cause) {
    case DatabaseError::Cause::full:
      return {SessionErrorCode::storage_full, message,
              "make room in the state directory; it is tried again"};
    case DatabaseError::Cause::unwritable:
      return {SessionErrorCode::unavailable, message,
              "give permission in the state directory; it is tried again"};
    case DatabaseError::Cause::corrupt:
      return {SessionErrorCode::unavailable, message,
              "the file was set aside and a new one begun; the log has its name"};
    default:
      return {SessionErrorCode::unavailable, message};
  }
}

Database& SessionEngine::database() {
  if (!database_) {
    // Tried again for a request at once: a person may just have made room.
    open();
    if (!database_) {
      throw not_recorded(failure_cause_, failure_);
    }
  }
  return *database_;
}

void SessionEngine::failed(const DatabaseError& error) {
  if (error.cause() == DatabaseError::Cause::corrupt && database_) {
    begin_anew(error.what());
    return;
  }
  if (failure_.empty()) {
    context_.log.error("sessions are not recorded", {{"reason", error.what()}});
    backoff_ = kFirstRetry;
  } else {
    backoff_ = std::min(backoff_ * 2, kLongestRetry);
  }
  failure_ = error.what();
  failure_cause_ = error.cause();
  retry_at_ = context_.clock.now().awake + backoff_;
}

void SessionEngine::recovered() {
  if (failure_.empty()) return;
  failure_.clear();
  context_.log.info("sessions are recorded again");
}

void SessionEngine::begin_anew(const std::string& why) {
  database_.reset();
  try {
    set_aside_session_database(options_.state_dir, context_.clock.now().wall, context_.log, why);
  } catch (const DatabaseError& error) {
    return failed(error);
  }
  open();
}

// Sessions that are open, but not in this database: the one they were in is gone.
void SessionEngine::reinsert_lost() {
  if (recorder_.open().empty()) return;
  Transaction transaction(*database_);
  for (const auto& recording : recorder_.open()) {
    if (!SessionTable(*database_).find(recording->row().id)) recording->reinsert(*database_);
  }
  transaction.commit();
}

void SessionEngine::interrupt_left_open() {
  SessionTable table(*database_);
  for (SessionRow& row : table.running()) {
    if (recorder_.find(row.key) != nullptr) continue;
    row.state = SessionState::interrupted;
    row.stopped = row.started + row.length;
    if (row.reason.empty()) row.reason = "the daemon died";
    table.update(row);
    ++ended_[static_cast<size_t>(row.state)];
    context_.log.warn("session was interrupted by the end of an earlier daemon",
                      {{"id", row.id}, {"name", row.name}});
    complete_summary(row);
  }
}

void SessionEngine::prune() {
  SessionTable table(*database_);
  const auto surplus = table.surplus(options_.keep);
  if (surplus.empty()) return;
  Transaction transaction(*database_);
  for (const int64_t key : surplus) table.remove(key);
  transaction.commit();
  Rows pages = database_->query("PRAGMA incremental_vacuum(4096)");
  while (pages.next()) continue;
}

// ---- Recording ---------------------------------------------------------------------------------

std::optional<Duration> SessionEngine::next_wake() const {
  if (!recorder_.open().empty()) return woke_ + kWakePeriod;
  if (!failure_.empty()) return retry_at_;
  return std::nullopt;
}

void SessionEngine::wake() {
  woke_ = context_.clock.now().awake;
  if (!failure_.empty() && woke_ >= retry_at_ && (!database_ || recorder_.open().empty())) {
    // While no session is open, opening is the proof that it works again.
    open();
  }
  record();
  expire();
}

void SessionEngine::record() {
  if (recorder_.open().empty()) return;
  const Instant now = context_.clock.now();
  recorder_.take_passes(now);
  update_signals();
  if (!database_ || (!failure_.empty() && now.awake < retry_at_)) return;
  if (!recorder_.has_news() && now.awake - persisted_ < kIdlePersist) return;
  try {
    persist(now);
  } catch (const DatabaseError& error) {
    failed(error);
  }
}

void SessionEngine::persist(Instant now) {
  recorder_.persist(*database_, now);
  persisted_ = now.awake;
  recovered();
  recorder_.keep_within(*database_, options_.max_bytes);
}

void SessionEngine::flush() {
  if (recorder_.open().empty()) return;
  const Instant now = context_.clock.now();
  recorder_.take_passes(now);
  update_signals();
  guarded([&](Database&) { persist(now); });
}

void SessionEngine::update_signals() {
  if (recorder_.open().empty()) return;
  const uint64_t version = context_.signals.version();
  if (version != signals_version_ || signals_.empty()) {
    signals_ = unreadable_signals(context_.signals);
    signals_version_ = version;
  }
  for (const auto& recording : recorder_.open()) recording->row().signals = signals_;
}

void SessionEngine::expire() {
  const Instant now = context_.clock.now();
  std::vector<Recording*> due;
  for (const auto& recording : recorder_.open()) {
    const Duration limit = std::min<Duration>(recording->row().max_duration, options_.max_duration);
    if (now.continuous - recording->start().continuous >= limit) due.push_back(recording.get());
  }
  if (due.empty() || !database_ || (!failure_.empty() && now.awake < retry_at_)) return;
  try {
    for (Recording* recording : due) {
      end(*recording, SessionState::expired, "its maximum duration was reached");
    }
    prune();
  } catch (const DatabaseError& error) {
    failed(error);
  }
}

void SessionEngine::shut_down() {
  if (!database_) return;
  const Instant now = context_.clock.now();
  recorder_.take_passes(now);
  update_signals();
  try {
    // First what must not be lost, then what can also be computed later.
    std::vector<SessionRow> ended;
    while (!recorder_.open().empty()) {
      ended.push_back(
          end_durably(*recorder_.open().front(), SessionState::stopped, "the daemon shut down"));
    }
    for (SessionRow& row : ended) {
      if (context_.clock.now().awake - now.awake > kSummaryBudget) break;
      complete_summary(row);
    }
  } catch (const DatabaseError& error) {
    failed(error);
  }
  database_.reset();
}

// ---- Ends --------------------------------------------------------------------------------------

SessionRow SessionEngine::end(Recording& recording, SessionState state, const std::string& reason) {
  recorder_.take_passes(context_.clock.now());
  update_signals();
  SessionRow row = end_durably(recording, state, reason);
  complete_summary(row);
  return row;
}

// Without a summary, which can be computed at any time. `recording` is gone afterwards.
SessionRow SessionEngine::end_durably(Recording& recording, SessionState state,
                                      const std::string& reason) {
  const Instant now = context_.clock.now();
  recording.finish(now);
  SessionRow row;
  {
    Transaction transaction(*database_);
    recording.write(*database_, now);
    row = recording.written_row();
    row.state = state;
    row.stopped = row.started + row.length;
    if (row.reason.empty()) row.reason = reason;
    SessionTable(*database_).update(row);
    transaction.commit();
  }
  recovered();
  ++ended_[static_cast<size_t>(state)];
  context_.log.info("session ended", {{"id", row.id}, {"state", std::string(to_string(state))}});
  recorder_.remove(row.key);
  tell_pids();
  return row;
}

void SessionEngine::complete_summary(SessionRow& row) {
  try {
    Transaction transaction(*database_);
    SessionRow complete = row;
    complete.bytes = static_cast<uint64_t>(std::max<int64_t>(
        0, static_cast<int64_t>(row.bytes) + SampleTable(*database_).close_tail(row.key)));
    complete.summary = text_of(summarize(read_session(*database_, complete)));
    SessionTable(*database_).update(complete);
    transaction.commit();
    row = complete;
    return;
  } catch (const DatabaseError& error) {
    if (error.cause() != DatabaseError::Cause::damaged) throw;
  } catch (const nlohmann::json::exception&) {
    // Of the texts that the database keeps: as damaged as samples can be.
  }
  row.complete = false;
  row.reason = "its samples are damaged";
  row.summary = "{}";
  SessionTable(*database_).update(row);
  context_.log.error("samples of a session are damaged", {{"id", row.id}});
}

void SessionEngine::tell_pids() {
  auto pids = recorder_.pids();
  if (pids == told_pids_) return;
  told_pids_ = std::move(pids);
  if (context_.pids_changed) context_.pids_changed(told_pids_);
}

}  // namespace anemon
