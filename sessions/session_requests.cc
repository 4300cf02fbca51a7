// The requests of SessionEngine.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/dated_id.h"
#include "sessions/missing.h"
#include "sessions/session_document.h"
#include "sessions/session_engine.h"
#include "sessions/session_limits.h"
#include "sessions/session_summary.h"

namespace anemon {
namespace {

using nlohmann::ordered_json;

constexpr int64_t kInferencePage = 5000;
constexpr uint32_t kMaxListed = 1000;

WallTime wall_time(Duration wall) { return std::chrono::duration_cast<WallTime>(wall); }

}  // namespace

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
  auto pids = recorder_.pids();
  pids.insert(pids.end(), request.pids.begin(), request.pids.end());
  std::sort(pids.begin(), pids.end());
  pids.erase(std::unique(pids.begin(), pids.end()), pids.end());
  if (!request.pids.empty() && pids.size() > options_.max_pids) {
    throw SessionError(
        SessionErrorCode::unavailable,
        "with these the open sessions would follow " + std::to_string(pids.size()) + " processes",
        "at most " + std::to_string(options_.max_pids) +
            " can be shown at once: name fewer pids, or stop a session");
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
      row.id = new_dated_id(now.wall);
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

ordered_json SessionEngine::summary_of(SessionRow& row) {
  if (row.state == SessionState::running) return summarize(read_session(*database_, row));
  if (!row.summary) complete_summary(row);
  auto summary = ordered_json::parse(*row.summary, nullptr, false);
  return summary.is_object() ? summary : ordered_json::object();
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
        for (const auto& [component, energy] : recording->energy()) {
          if (energy.covered <= Duration::zero()) continue;
          numbers["energy_joules"][component] = energy.joules;
          numbers["mean_power_watts"][component] = energy.joules / to_seconds(energy.covered);
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
      const bool fits = has_valid_names(event) && has_valid_times(event, now.wall) &&
                        bytes < options_.max_bytes && inference.ends() >= SessionTime::zero();
      if (fits) inference.model = table.model(row.key, event.model, event.compute_unit);
      count.taken.push_back(inference.model != 0);
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
    snapshot->open.push_back({row.id, row.name, recording->start(), row.labels, {}});
    for (const auto& [component, energy] : recording->energy()) {
      snapshot->open.back().energy.emplace(component, energy.joules);
    }
  }
  return snapshot;
}

}  // namespace anemon
