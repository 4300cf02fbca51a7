// This process, as the kernel sees it. One thread; no allocation in the steady state.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "core/clock.h"
#include "platform/host_root.h"

namespace anemon {

// What the kernel does not tell is unset.
struct OwnProcess {
  std::optional<Duration> cpu;  // user and system time
  std::optional<uint64_t> resident_bytes, virtual_bytes;
  std::optional<uint64_t> threads;
  std::optional<uint64_t> open_files, max_open_files;
  std::optional<Duration> started_wall;  // Unix time
  std::optional<uint64_t> voluntary_switches, involuntary_switches;
};

// The part that every system tells alike: processor time, context switches, limit of open files.
OwnProcess own_usage();

class OwnProcessSource {
 public:
  virtual ~OwnProcessSource() = default;
  virtual OwnProcess read() = 0;
};

// Null where this program has no source.
std::unique_ptr<OwnProcessSource> open_own_process(const HostRoot& root);

}  // namespace anemon
