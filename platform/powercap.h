// The kernel's power capping zones (Linux /sys/class/powercap), Intel's and AMD's RAPL among them:
// raw energy counters. Source: the kernel's Documentation/power/powercap/powercap.rst.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "platform/host_root.h"
#include "platform/kernel_file.h"

namespace anemon {

struct PowercapZone {
  std::string id;            // "intel-rapl:0:1"
  std::string control_type;  // "intel-rapl"
  std::string name;          // as the driver says: "package-0", "core", "uncore", "dram", "psys"
  int64_t max_energy_range_uj = 0;  // the counter wraps to 0 behind it; 0: unknown

  bool operator==(const PowercapZone&) const = default;
};

// One thread. Reading does not block.
class Powercap {
 public:
  virtual ~Powercap() = default;

  // Looks which zones there are. True when they changed: indexes have a new meaning.
  virtual bool rescan() = 0;
  virtual const std::vector<PowercapZone>& zones() const = 0;
  virtual ReadStatus read_energy(size_t zone, int64_t& microjoules) = 0;
};

// Null on a system that has no such thing. Call `rescan` before all else.
std::unique_ptr<Powercap> open_powercap(const HostRoot& root);

}  // namespace anemon
