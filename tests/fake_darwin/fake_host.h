// What the fake libproc, notify, sysctl, Mach host and power source functions answer from: part of
// MachineState.
#pragma once

#include <sys/types.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace anemon::fake {

struct HostProcess {
  std::string name;         // pbi_name; empty: the kernel has only `command`
  std::string command;      // pbi_comm
  uint64_t started_at = 0;  // Unix time, seconds
  uint64_t start_ticks = 0;
  uint64_t user_ticks = 0, system_ticks = 0;
  uint64_t resident_bytes = 0, virtual_bytes = 0;
  int threads = 1;
  uint64_t footprint_bytes = 0, peak_footprint_bytes = 0;
  uint64_t neural_bytes = 0, peak_neural_bytes = 0;
  uint64_t energy_nanojoules = 0;
  int open_files = 3;
  bool refused = false;   // another user's: EPERM
  bool vanishes = false;  // listed, but gone when it is read
};

// Pages, but for speculative ones as the kernel counts them.
struct HostMemory {
  uint32_t free = 0;  // with speculative
  uint32_t speculative = 0;
  uint32_t wired = 0, compressor = 0, external = 0, purgeable = 0;
};

struct HostState {
  // By name; what is not there answers ENOENT.
  std::map<std::string, std::vector<uint8_t>> sysctl;
  template <class Value>
  void set_sysctl(const std::string& name, const Value& value) {
    sysctl[name].resize(sizeof value);
    std::memcpy(sysctl[name].data(), &value, sizeof value);
  }
  void set_sysctl(const std::string& name, const char* text) {  // with its NUL
    sysctl[name].assign(text, text + std::strlen(text) + 1);
  }

  std::map<pid_t, HostProcess> processes;
  bool list_fails = false;

  HostMemory memory;
  bool memory_fails = false;
  uint32_t memory_words_missing = 0;  // an older kernel's structure ends earlier

  std::vector<std::array<uint32_t, 4>> core_ticks;  // user, system, idle, nice
  bool cores_fail = false;
  std::optional<std::array<double, 3>> loads;

  std::map<std::string, uint64_t> notifications;
  bool notifyd_gone = false;

  std::optional<std::string> power_source;  // unset: the framework does not answer
  std::optional<bool> low_power_mode;       // unset: no class NSProcessInfo
};

}  // namespace anemon::fake
