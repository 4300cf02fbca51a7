#include "sessions/session_engine.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "sessions/missing.h"
#include "sessions/session_document.h"
#include "sessions/session_id.h"
#include "sessions/session_limits.h"
#include "sessions/session_schema.h"
#include "sessions/session_summary.h"

namespace anemon {
namespace {

using nlohmann::ordered_json;

constexpr Duration kFirstRetry = std::chrono::seconds(1);
constexpr Duration kLongestRetry = std::chrono::seconds(30);
// Sessions that nothing happens in are written this often, for their length.
constexpr Duration kIdlePersist = std::chrono::milliseconds(900);
constexpr int64_t kInferencePage = 5000;
constexpr uint32_t kMaxListed = 1000;
constexpr Duration kSummaryBudget = std::chrono::milliseconds(500);  // at shutdown

WallTime wall_time(Duration wall) { return std::chrono::duration_cast<WallTime>(wall); }

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

Database& SessionEngine::database() {
  if (!database_) {
    // Tried again for a request at once: a person may just have made room.
    open();
    if (!database_) {
      throw SessionError(SessionErrorCode::storage_full, "sessions cannot be recorded: " + failure_,
                         "make room or give permission in the state directory; it is tried again");
    }
  }
  return *database_;
}

// Runs a request's work on the database; its failures become answers and a state.
template <class Work>
auto SessionEngine::guarded(const Work& work) {
  try {
    return work(database());
  } catch (const DatabaseError& error) {
    const auto cause = error.cause();
    if (cause == DatabaseError::Cause::full || cause == DatabaseError::Cause::corrupt)
      failed(error);
    if (cause == DatabaseError::Cause::full) {
      throw SessionError(SessionErrorCode::storage_full,
                         std::string("sessions cannot be recorded: ") + error.what(),
                         "make room in the state directory; it is tried again");
    }
    throw SessionError(SessionErrorCode::unavailable,
                       std::string("session database: ") + error.what(),
                       cause == DatabaseError::Cause::corrupt
                           ? "the file was set aside and a new one begun; the log has its name"
                           : "");
  }
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

// ---- Life of a session -------------------------------------------------------------------------

SessionRow SessionEngine::resolve(const std::string& ref, Choose choose) {
  SessionTable table(database());
  std::optional<SessionRow> found = ref == "last" ? table.newest() : table.find(ref);
  if (found) return *found;
  if (ref == "last") throw SessionError(SessionErrorCode::not_found, "there is no session yet");
  std::vector<SessionRow> named;
  if (!ref.empty()) named = table.named(ref, 100);
  if (choose == Choose::running && named.size() > 1) {
    named.erase(std::remove_if(named.begin(), named.end(),
                               [](const auto& row) { return row.state != SessionState::running; }),
                named.end());
    if (named.empty()) {
      throw SessionError(SessionErrorCode::conflict, "no session " + ref + " is running");
    }
  }
  if (named.size() == 1) return named.front();
  if (named.empty()) {
    throw SessionError(SessionErrorCode::not_found, "no session has the id or name " + ref,
                       "anemonctl sessions list shows them");
  }
  throw SessionError(SessionErrorCode::conflict,
                     std::to_string(named.size()) + " sessions are called " + ref,
                     "use an id; the newest is " + named.front().id);
}

std::string SessionEngine::start(const SessionRequest& request) {
  check_request(request, options_);
  if (recorder_.open().size() >= options_.max_active) {
    throw SessionError(SessionErrorCode::unavailable,
                       std::to_string(recorder_.open().size()) + " sessions are open already",
                       "stop one, or raise sessions.max_active in the configuration");
  }
  record();
  const Instant now = context_.clock.now();
  SessionRow row;
  row.name = request.name;
  row.labels = request.labels;
  row.pids = request.pids;
  std::sort(row.pids.begin(), row.pids.end());
  row.pids.erase(std::unique(row.pids.begin(), row.pids.end()), row.pids.end());
  row.started = wall_time(now.wall);
  row.max_duration = std::chrono::duration_cast<std::chrono::microseconds>(
      request.max_duration.value_or(options_.max_duration));
  if (context_.environment) row.environment = context_.environment();
  row.signals = unreadable_signals(context_.signals);
  guarded([&](Database& database) {
    SessionTable table(database);
    do {
      row.id = new_session_id(now.wall);
    } while (table.find(row.id));
    Transaction transaction(database);
    table.insert(row);
    transaction.commit();
    recovered();
  });
  recorder_.add(std::make_unique<Recording>(row, now));
  tell_pids();
  context_.log.info("session started", {{"id", row.id}, {"name", row.name}});
  return guarded([&](Database&) { return document(row); });
}

std::string SessionEngine::stop(const std::string& ref) {
  return guarded([&](Database&) {
    const SessionRow row = resolve(ref, Choose::running);
    Recording* recording = recorder_.find(row.key);
    if (recording == nullptr) {
      throw SessionError(SessionErrorCode::conflict, "session " + row.id + " is not running",
                         "it is " + std::string(to_string(row.state)));
    }
    const SessionRow ended = end(*recording, SessionState::stopped, "");
    std::string text = document(ended);
    prune();
    return text;
  });
}

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
  } catch (const DatabaseError& error) {
    if (error.cause() != DatabaseError::Cause::damaged) throw;
    row.complete = false;
    row.reason = "its samples are damaged";
    row.summary = "{}";
    SessionTable(*database_).update(row);
    context_.log.error("samples of a session are damaged", {{"id", row.id}});
  }
}

void SessionEngine::tell_pids() {
  auto pids = recorder_.pids();
  if (pids == told_pids_) return;
  told_pids_ = std::move(pids);
  if (context_.pids_changed) context_.pids_changed(told_pids_);
}

// ---- Questions ---------------------------------------------------------------------------------

ordered_json SessionEngine::summary_of(SessionRow& row) {
  if (row.state == SessionState::running) return summarize(read_session(*database_, row));
  if (!row.summary) complete_summary(row);
  return ordered_json::parse(*row.summary);
}

std::string SessionEngine::document(SessionRow row) {
  auto summary = summary_of(row);
  return text_of(
      session_document(row, SessionTable(*database_).annotations(row.key), std::move(summary)));
}

std::string SessionEngine::get(const std::string& ref) {
  return guarded([&](Database&) {
    record();  // so that the summary is up to date
    return document(resolve(ref, Choose::any));
  });
}

std::string SessionEngine::list(const SessionFilter& filter) {
  return guarded([&](Database& database) {
    SessionFilter bounded = filter;
    bounded.limit = std::min(bounded.limit, kMaxListed);
    auto rows = ordered_json::array();
    for (SessionRow& row : SessionTable(database).list(bounded)) {
      ordered_json numbers = {{"energy_joules", ordered_json::object()},
                              {"mean_power_watts", ordered_json::object()}};
      if (const Recording* recording = recorder_.find(row.key)) {
        row.length = recording->time_of(context_.clock.now());
        for (const auto& [component, joules] : recording->energy()) {
          numbers["energy_joules"][component] = joules;
          if (row.length <= SessionTime::zero()) continue;
          numbers["mean_power_watts"][component] = joules / to_seconds(row.length);
        }
      } else {
        numbers = brief(summary_of(row));
      }
      rows.push_back(session_list_row(row, numbers));
    }
    return text_of({{"schema", "anemon.sessions/1"}, {"sessions", std::move(rows)}});
  });
}

void SessionEngine::remove(const std::string& ref) {
  guarded([&](Database& database) {
    const SessionRow row = resolve(ref, Choose::any);
    if (recorder_.find(row.key) != nullptr) {
      throw SessionError(SessionErrorCode::conflict, "session " + row.id + " is running",
                         "stop it first");
    }
    Transaction transaction(database);
    SessionTable(database).remove(row.key);
    transaction.commit();
    Rows pages = database.query("PRAGMA incremental_vacuum(4096)");
    while (pages.next()) continue;
  });
}

std::string SessionEngine::annotate(const std::string& ref, const std::string& text,
                                    std::optional<Duration> wall) {
  check_annotation(text);
  return guarded([&](Database& database) {
    SessionTable table(database);
    const SessionRow row = resolve(ref, Choose::any);
    Recording* recording = recorder_.find(row.key);
    const Instant now = context_.clock.now();
    const SessionTime end = recording == nullptr ? row.length : recording->time_of(now);
    SessionTime at = end;
    if (wall) {
      // Of a running session by the present time: Unix time may have jumped since its start.
      at = recording != nullptr ? end - std::chrono::duration_cast<SessionTime>(now.wall - *wall)
                                : wall_time(*wall) - row.started;
    }
    if (at < SessionTime::zero() || at > end + std::chrono::seconds(1)) {
      throw SessionError(SessionErrorCode::bad_request,
                         "annotation: its time is not in the session");
    }
    if (table.annotations(row.key).size() >= kMaxAnnotations) {
      throw SessionError(SessionErrorCode::too_large,
                         "session " + row.id + ": too many annotations",
                         "a session has at most 10000");
    }
    const SessionAnnotation annotation{at, text};
    Transaction transaction(database);
    table.annotate(row.key, annotation);
    transaction.commit();
    if (recording != nullptr) recording->row().bytes += text.size() + SampleTable::kRowBytes;
    return text_of(annotation_document(row, annotation));
  });
}

SessionKeeper::EventCount SessionEngine::add_events(const std::string& ref,
                                                    std::span<const InferenceEvent> events) {
  return guarded([&](Database& database) {
    const SessionRow row = resolve(ref, Choose::running);
    Recording* recording = recorder_.find(row.key);
    if (recording == nullptr) {
      throw SessionError(SessionErrorCode::conflict, "session " + row.id + " is not running",
                         "events belong to running sessions");
    }
    const Instant now = context_.clock.now();
    InferenceTable table(database);
    SessionKeeper::EventCount count;
    uint64_t bytes = recording->row().bytes;
    Transaction transaction(database);
    for (const InferenceEvent& event : events) {
      SessionInference inference;
      inference.begins = recording->time_of(now) -
                         std::chrono::duration_cast<SessionTime>(now.wall - event.begin_wall);
      inference.duration = event.duration;
      inference.ok = event.ok;
      inference.items = event.items;
      const bool fits = plausible(event, now.wall) && bytes < options_.max_bytes &&
                        inference.ends() >= SessionTime::zero();
      if (fits) inference.model = table.model(row.key, event.model, event.compute_unit);
      if (inference.model == 0) {
        ++count.refused;
        continue;
      }
      bytes += table.add(inference);
      ++count.accepted;
    }
    transaction.commit();
    recording->row().bytes = bytes;
    return count;
  });
}

SessionEngine::Outline SessionEngine::outline(const std::string& ref) {
  return guarded([&](Database& database) {
    record();
    Outline outline;
    outline.row = resolve(ref, Choose::any);
    outline.document = document(outline.row);
    outline.series = SampleTable(database).series(outline.row.key);
    outline.models = InferenceTable(database).models(outline.row.key);
    outline.annotations = SessionTable(database).annotations(outline.row.key);
    return outline;
  });
}

SamplePoints SessionEngine::points(int64_t session, const SessionSeries& series) {
  return guarded([&](Database& database) {
    SampleTable table(database);
    return table.points(series, table.tail(session));
  });
}

std::vector<SessionInference> SessionEngine::inferences(int64_t model, SessionTime begins,
                                                        int64_t after) {
  return guarded([&](Database& database) {
    return InferenceTable(database).page(model, begins, after, kInferencePage);
  });
}

std::shared_ptr<const SessionSnapshot> SessionEngine::snapshot() const {
  auto snapshot = std::make_shared<SessionSnapshot>();
  snapshot->status.active = static_cast<uint32_t>(recorder_.open().size());
  snapshot->status.recording = failure_.empty();
  snapshot->status.reason = failure_;
  snapshot->ended = ended_;
  for (const auto& recording : recorder_.open()) {
    const SessionRow& row = recording->row();
    snapshot->open.push_back({row.id, row.name, row.started, recording->energy()});
  }
  return snapshot;
}

}  // namespace anemon
