// The daemon's configuration: one immutable value with a default for everything. It is read from
// YAML by config/loader.h; config/anemond.yaml documents each key.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "core/clock.h"
#include "core/log.h"

namespace anemon {

struct Config {
  struct Http {
    std::string listen = "127.0.0.1:10263";  // HOST:PORT; port 0 lets the system choose
    uint32_t max_connections = 256;
    uint32_t max_header_bytes = 8192;
    uint32_t max_headers = 64;
    Duration request_timeout = std::chrono::seconds(5);
    Duration idle_timeout = std::chrono::seconds(120);
  };
  struct Control {
    std::filesystem::path socket;  // empty: the platform's default for this user
    mode_t mode = 0660;
    std::string group;              // empty: the process's own group
    std::vector<uid_t> admin_uids;  // may change things, beside the owner and root
    uint32_t max_connections = 64;
    uint32_t max_streams = 16;
  };
  struct Store {
    Duration raw_retention = std::chrono::minutes(5);
    Duration retention_1s = std::chrono::minutes(5);  // collectors faster than 1 Hz only
    Duration retention_10s = std::chrono::hours(1);
    Duration retention_60s = std::chrono::hours(6);
    uint32_t max_raw_samples = 3000;  // per series, bounds the raw tier of fast collectors
  };
  struct Collector {
    bool enabled = true;
    Duration period{};
    uint32_t max_series = 0;
  };
  struct Tasks {
    std::vector<std::string> names;  // exact process names always shown
    std::vector<pid_t> pids;
    uint32_t top_by_memory = 10;
    uint32_t top_by_cpu = 10;
  };
  struct Sessions {
    uint64_t max_bytes = 64ULL << 20;  // per session; beyond it samples become rollups
    Duration max_duration = std::chrono::hours(24);
    uint32_t max_active = 16;
    uint32_t keep = 500;  // finished sessions; the oldest goes first
  };
  struct Host {  // Linux: where the kernel's files are; tests point them at fixture trees
    std::filesystem::path procfs = "/proc";
    std::filesystem::path sysfs = "/sys";
  };
  struct Powermetrics {  // macOS
    // automatic: refresh through the root helper, off without one.
    enum class Mode : uint8_t { automatic, off, refresh, source };
    Mode mode = Mode::automatic;
  };
  struct Helper {
    bool enabled = true;
    std::filesystem::path socket;  // empty: the platform's default
  };
  struct Logging {
    LogLevel level = LogLevel::info;
    bool json = false;  // else logfmt
  };

  Http http;
  Control control;
  Store store;
  std::map<std::string, Collector, std::less<>> collectors;  // every known collector has an entry
  Tasks tasks;
  Sessions sessions;
  Host host;
  Powermetrics powermetrics;
  Helper helper;
  Logging logging;
  std::filesystem::path state_dir;  // empty: the platform's default for this user
};

}  // namespace anemon
