// Clock domains of the processor (Linux cpufreq policies) and of other engines (devfreq), raw.
// Sources: the kernel's Documentation/admin-guide/pm/cpufreq.rst, Documentation/cpu-freq/
// cpufreq-stats.rst and Documentation/ABI/testing/sysfs-class-devfreq.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "platform/host_root.h"
#include "platform/kernel_file.h"

namespace anemon {

struct ClockDomain {
  enum class Kind : uint8_t { cpufreq, devfreq };
  std::string id;    // "policy0", "ff9a0000.gpu"
  std::string cpus;  // the policy's processors, online or not, as "0 1 2"; empty for devfreq
  Kind kind = Kind::cpufreq;

  bool operator==(const ClockDomain&) const = default;
};

// cpufreq speaks kHz, devfreq Hz.
enum class ClockValue : uint8_t {
  average,  // cpuinfo_avg_freq: mean over the last tick's active time; an idle CPU has none
  current,  // scaling_cur_freq, cur_freq
  minimum,  // cpuinfo_min_freq, min_freq
  maximum   // cpuinfo_max_freq, max_freq
};

// One thread. Reading may interrupt a processor to ask it, but does not wait for a device.
class ClockDomains {
 public:
  virtual ~ClockDomains() = default;

  // Looks which domains there are. True when they changed: indexes have a new meaning.
  virtual bool rescan() = 0;
  virtual const std::vector<ClockDomain>& domains() const = 0;
  virtual ReadStatus read(size_t domain, ClockValue which, int64_t& value) = 0;

  // Lines of "<kHz> <time in 10 ms>".
  virtual ReadStatus read_time_in_state(size_t domain, std::span<char> buffer,
                                        std::string_view& text) = 0;
};

// Null on a system that has no such thing. Call `rescan` before all else.
std::unique_ptr<ClockDomains> open_clock_domains(const HostRoot& root);

}  // namespace anemon
