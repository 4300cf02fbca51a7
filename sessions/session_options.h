// What a session keeper may use, and what can be asked of it.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/clock.h"

namespace anemon {

struct SessionOptions {
  std::filesystem::path state_dir;                 // exists; cannot change at run time
  uint64_t max_bytes = 64ULL << 20;                // of samples, events and annotations per session
  Duration max_duration = std::chrono::hours(24);  // default and upper bound
  uint32_t max_active = 16;
  uint32_t keep = 500;      // finished sessions; the oldest goes first
  uint32_t max_pids = 128;  // different ones of all open sessions: as many as a collector can show
};

struct SessionRequest {
  std::string name;                           // may be empty; at most 64 bytes of printable UTF-8
  std::map<std::string, std::string> labels;  // at most 32
  std::vector<pid_t> pids;                    // at most 64
  std::optional<Duration> max_duration;
};

struct SessionFilter {
  std::string state;                                        // empty: every state
  std::vector<std::pair<std::string, std::string>> labels;  // all must match
  std::optional<Duration> since_wall;                       // started at or after
  uint32_t limit = 100;
};

enum class SessionFormat { json, csv, ndjson, openmetrics, trace };
std::optional<SessionFormat> find_session_format(std::string_view name);
std::string_view content_type(SessionFormat format);
std::string_view file_extension(
    SessionFormat format);  // "json", "csv", "ndjson", "om", "trace.json"

}  // namespace anemon
