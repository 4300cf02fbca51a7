// What only the daemon knows and /v1/status, / and /-/ready tell: plain values, so that exporters
// see neither the scheduler nor the configuration nor the sessions.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.h"
#include "platform/host_facts.h"

namespace anemon {

struct CollectorStatus {
  std::string name;
  bool enabled = true;
  std::string state;  // ok, starting, failing, stuck, stale or disabled
  Duration period{};
  uint64_t runs = 0;
  uint64_t failures = 0;
  uint64_t missed_ticks = 0;
  std::optional<Duration> last_success{};  // wall time
  std::optional<std::string> last_error{};
};

struct ConfigStatus {
  std::optional<std::string> path;  // nothing: the defaults
  bool last_reload_ok = true;
  std::optional<Duration> last_reload{};      // wall time
  std::optional<std::string> error{};         // of the last reload, when it failed
  std::vector<std::string> restart_required;  // keys that differ but wait for a restart
};

struct OpenSession {
  std::string id, name;
  Instant start;
  std::map<std::string, std::string> labels;
  std::map<std::string, double> energy;  // joules by component
};

struct SessionsStatus {
  uint32_t active = 0;
  bool recording = true;
  std::optional<std::string> reason{};  // why not
  std::vector<OpenSession> open{};      // in order of their start
};

// As whom the daemon runs, and who started it.
struct AccountStatus {
  int64_t uid = 0;
  std::optional<std::string> name;          // nothing: the user database has none
  std::optional<std::string> supervisor;    // "launchd" or "systemd"; nothing: nobody restarts it
  std::string installation = "foreground";  // or "user agent", "system daemon", "root daemon"
};

struct DaemonStatus {
  std::string version;
  int64_t pid = 0;
  AccountStatus account;
  Duration started{};  // wall time
  Duration uptime{};
  bool ready = false;
  std::vector<std::string> stale_collectors;
  HostFacts host;
  std::string listen;  // HOST:PORT as bound; empty while TCP is off
  std::string socket;
  std::string state_dir;
  ConfigStatus config;
  std::vector<CollectorStatus> collectors;
  SessionsStatus sessions;
};

// Called on the event thread and on pool threads, possibly several at a time: must not block.
using StatusSource = std::function<DaemonStatus()>;

}  // namespace anemon
