// What the machine's processor cores did with their time. One thread; no allocation in the steady
// state.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "core/clock.h"
#include "platform/host_root.h"
#include "platform/kernel_file.h"

namespace anemon {

// In Linux's order; other systems have fewer modes.
enum class CoreMode : uint8_t { user, nice, system, idle, iowait, irq, softirq, steal };
constexpr size_t kCoreModes = 8;

struct CoreTimes {
  uint32_t core = 0;
  uint32_t modes = 0;                          // one bit for each mode that the kernel gives
  std::array<Duration, kCoreModes> by_mode{};  // since boot; idle and iowait may go back a little

  bool has(size_t mode) const noexcept { return (modes >> mode & 1) != 0; }
};

using LoadAverages = std::array<double, 3>;  // over 1, 5 and 15 minutes

class ProcessorSource {
 public:
  virtual ~ProcessorSource() = default;
  // Replaces `cores` by the cores that are online, in order of their numbers.
  virtual ReadStatus read(std::vector<CoreTimes>& cores) = 0;
  virtual ReadStatus read(LoadAverages& loads) = 0;
};

// Null where this program has no source.
std::unique_ptr<ProcessorSource> open_processor(const HostRoot& root);

}  // namespace anemon
