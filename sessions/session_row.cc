#include "sessions/session_row.h"

#include <nlohmann/json.hpp>

namespace anemon {
namespace {

constexpr std::string_view kStates[] = {"running", "stopped", "interrupted", "expired"};

SessionState state_of(std::string_view text) {
  for (size_t i = 0; i < std::size(kStates); ++i) {
    if (kStates[i] == text) return static_cast<SessionState>(i);
  }
  throw DatabaseError(DatabaseError::Cause::damaged, "session with an unknown state");
}

#define ANEMON_SESSION_COLUMNS                                                               \
  "SELECT key, id, name, state, started, stopped, length, max_duration, pids, environment, " \
  "signals, bytes, samples, resolution, complete, reason, summary FROM session "

SessionRow read(const Rows& rows) {
  SessionRow row;
  row.key = rows.integer(0);
  row.id = rows.text(1);
  row.name = rows.text(2);
  row.state = state_of(rows.text(3));
  row.started = WallTime(rows.integer(4));
  if (const auto stopped = rows.optional_integer(5)) row.stopped = WallTime(*stopped);
  row.length = SessionTime(rows.integer(6));
  row.max_duration = std::chrono::microseconds(rows.integer(7));
  const auto pids = nlohmann::json::parse(rows.text(8), nullptr, false);
  for (const auto& pid : pids) {
    if (pid.is_number_integer()) row.pids.push_back(pid.get<pid_t>());
  }
  row.environment = rows.text(9);
  row.signals = rows.text(10);
  row.bytes = static_cast<uint64_t>(rows.integer(11));
  row.samples = static_cast<uint64_t>(rows.integer(12));
  row.resolution = SessionTime(rows.integer(13));
  row.complete = rows.integer(14) != 0;
  row.reason = rows.text(15);
  if (!rows.null(16)) row.summary = rows.text(16);
  return row;
}

DatabaseValue value_of(const std::optional<WallTime>& time) {
  return time ? DatabaseValue(int64_t{time->count()}) : DatabaseValue(nullptr);
}
DatabaseValue value_of(const std::optional<std::string>& text) {
  return text ? DatabaseValue(std::string_view(*text)) : DatabaseValue(nullptr);
}
int64_t integer(uint64_t value) { return static_cast<int64_t>(value); }

}  // namespace

std::string_view to_string(SessionState state) { return kStates[static_cast<size_t>(state)]; }

void SessionTable::insert(SessionRow& row) {
  const std::string pids = nlohmann::json(row.pids).dump();
  database_.run(
      "INSERT INTO session (id, name, state, started, stopped, length, max_duration, pids, "
      "environment, signals, bytes, samples, resolution, complete, reason, summary) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      {row.id, row.name, to_string(row.state), int64_t{row.started.count()}, value_of(row.stopped),
       int64_t{row.length.count()}, int64_t{row.max_duration.count()}, pids, row.environment,
       row.signals, integer(row.bytes), integer(row.samples), int64_t{row.resolution.count()},
       int64_t{row.complete}, row.reason, value_of(row.summary)});
  row.key = database_.last_row();
  for (const auto& [name, value] : row.labels) {
    database_.run("INSERT INTO label (session, name, value) VALUES (?, ?, ?)",
                  {row.key, name, value});
  }
}

void SessionTable::update(const SessionRow& row) {
  database_.run(
      "UPDATE session SET state = ?, stopped = ?, length = ?, signals = ?, bytes = ?, "
      "samples = ?, resolution = ?, complete = ?, reason = ?, summary = ? WHERE key = ?",
      {to_string(row.state), value_of(row.stopped), int64_t{row.length.count()}, row.signals,
       integer(row.bytes), integer(row.samples), int64_t{row.resolution.count()},
       int64_t{row.complete}, row.reason, value_of(row.summary), row.key});
}

void SessionTable::remove(int64_t key) {
  database_.run("DELETE FROM session WHERE key = ?", {key});
}

std::vector<SessionRow> SessionTable::load(std::string_view sql, const DatabaseValues& values) {
  std::vector<SessionRow> found;
  for (Rows rows = database_.query(sql, values); rows.next();) found.push_back(read(rows));
  for (SessionRow& row : found) {
    Rows labels = database_.query("SELECT name, value FROM label WHERE session = ?", {row.key});
    while (labels.next()) row.labels.emplace(labels.text(0), labels.text(1));
  }
  return found;
}

std::optional<SessionRow> SessionTable::find(std::string_view id) {
  auto found = load(ANEMON_SESSION_COLUMNS "WHERE id = ?", {id});
  return found.empty() ? std::nullopt : std::optional(std::move(found.front()));
}

std::optional<SessionRow> SessionTable::newest() {
  auto found = load(ANEMON_SESSION_COLUMNS "ORDER BY started DESC, key DESC LIMIT 1", {});
  return found.empty() ? std::nullopt : std::optional(std::move(found.front()));
}

std::vector<SessionRow> SessionTable::named(std::string_view name, uint32_t limit) {
  return load(ANEMON_SESSION_COLUMNS "WHERE name = ? ORDER BY started DESC, key DESC LIMIT ?",
              {name, int64_t{limit}});
}

std::vector<SessionRow> SessionTable::running() {
  return load(ANEMON_SESSION_COLUMNS "WHERE state = 'running'", {});
}

std::vector<SessionRow> SessionTable::list(const SessionFilter& filter) {
  // The labels travel as one JSON parameter, so that the statement stays a constant.
  auto wanted = nlohmann::json::array();
  for (const auto& [name, value] : filter.labels) wanted.push_back({name, value});
  const std::string labels = wanted.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  const int64_t since = filter.since_wall
                            ? std::chrono::duration_cast<WallTime>(*filter.since_wall).count()
                            : INT64_MIN;
  return load(ANEMON_SESSION_COLUMNS
              "WHERE (?1 = '' OR state = ?1) AND started >= ?2 AND NOT EXISTS ("
              "  SELECT 1 FROM json_each(?3) AS wanted WHERE NOT EXISTS ("
              "    SELECT 1 FROM label WHERE label.session = session.key"
              "    AND label.name = json_extract(wanted.value, '$[0]')"
              "    AND label.value = json_extract(wanted.value, '$[1]'))) "
              "ORDER BY started DESC, key DESC LIMIT ?4",
              {filter.state, since, labels, int64_t{filter.limit}});
}

std::vector<int64_t> SessionTable::surplus(uint32_t keep) {
  std::vector<int64_t> keys;
  Rows rows = database_.query(
      "SELECT key FROM session WHERE state <> 'running' "
      "ORDER BY started DESC, key DESC LIMIT -1 OFFSET ?",
      {int64_t{keep}});
  while (rows.next()) keys.push_back(rows.integer(0));
  return keys;
}

void SessionTable::annotate(int64_t session, const SessionAnnotation& annotation) {
  database_.run("INSERT INTO annotation (session, at, text) VALUES (?, ?, ?)",
                {session, int64_t{annotation.at.count()}, annotation.text});
}

std::vector<SessionAnnotation> SessionTable::annotations(int64_t session) {
  std::vector<SessionAnnotation> found;
  Rows rows = database_.query("SELECT at, text FROM annotation WHERE session = ? ORDER BY at, key",
                              {session});
  while (rows.next()) found.push_back({SessionTime(rows.integer(0)), std::string(rows.text(1))});
  return found;
}

}  // namespace anemon
