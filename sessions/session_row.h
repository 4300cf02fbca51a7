// The table of sessions and what hangs off a session but is no sample. Belongs to the thread of the
// database; every call may throw DatabaseError.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/database.h"
#include "sessions/sample_point.h"
#include "sessions/session_options.h"

namespace anemon {

using WallTime = std::chrono::microseconds;  // Unix time as the database keeps it

enum class SessionState { running, stopped, interrupted, expired };
std::string_view to_string(SessionState state);

struct SessionRow {
  int64_t key = 0;
  std::string id;
  std::string name;
  SessionState state = SessionState::running;
  WallTime started{};
  std::optional<WallTime> stopped;
  SessionTime length{};  // up to its end, or to its newest durable sample
  std::chrono::microseconds max_duration{};
  std::vector<pid_t> pids;
  std::map<std::string, std::string> labels;
  std::string environment = "{}";  // a JSON object
  std::string signals = "[]";      // JSON: the signals that could not be read, see missing.h
  uint64_t bytes = 0;              // of samples, events and annotations
  uint64_t samples = 0;            // raw samples taken
  SessionTime resolution{};        // of the coarsest points; zero: all raw
  bool complete = true;
  std::string reason;                  // why incomplete, or why it ended
  std::optional<std::string> summary;  // a JSON object, once ended
};

struct SessionAnnotation {
  SessionTime at;
  std::string text;
};

class SessionTable {
 public:
  explicit SessionTable(Database& database) : database_(database) {}

  void insert(SessionRow& row);        // sets its key
  void update(const SessionRow& row);  // all that can change: not id, name, start, labels
  void remove(int64_t key);            // with all that belongs to it

  std::optional<SessionRow> find(std::string_view id);
  std::optional<SessionRow> newest();
  // Newest first; at most `limit`.
  std::vector<SessionRow> named(std::string_view name, uint32_t limit);
  std::vector<SessionRow> running();
  std::vector<SessionRow> list(const SessionFilter& filter);
  // Keys of finished sessions beyond the newest `keep`.
  std::vector<int64_t> surplus(uint32_t keep);

  void annotate(int64_t session, const SessionAnnotation& annotation);
  std::vector<SessionAnnotation> annotations(int64_t session);

 private:
  std::vector<SessionRow> load(std::string_view sql, const DatabaseValues& values);

  Database& database_;
};

}  // namespace anemon
