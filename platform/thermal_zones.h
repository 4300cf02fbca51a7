// Thermal zones and their trip points (Linux /sys/class/thermal) and the processor's own throttle
// counters, raw. Sources: the kernel's Documentation/driver-api/thermal/sysfs-api.rst and
// Documentation/ABI/testing/sysfs-devices-system-cpu (thermal_throttle).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "platform/host_root.h"
#include "platform/kernel_file.h"

namespace anemon {

struct ThermalTrip {
  int64_t number = 0;
  std::string type;          // "critical", "hot", "passive", "active"
  int64_t millicelsius = 0;  // as found at the scan

  bool operator==(const ThermalTrip&) const = default;
};

struct ThermalZone {
  int64_t number = 0;
  std::string type;  // "x86_pkg_temp", "acpitz", "cpu-thermal"
  std::vector<ThermalTrip> trips;

  bool operator==(const ThermalZone&) const = default;
};

// One thread. Reading may block.
class ThermalZones {
 public:
  virtual ~ThermalZones() = default;

  // Looks which zones and trips there are. True when they changed: indexes have a new meaning.
  virtual bool rescan() = 0;
  virtual const std::vector<ThermalZone>& zones() const = 0;
  virtual ReadStatus read_temperature(size_t zone, int64_t& millicelsius) = 0;
};

// Counts how often the hardware slowed a core or a package; one per core and one per package,
// though every processor of it repeats the number.
struct ThrottleCounter {
  enum class Level : uint8_t { core, package };
  Level level = Level::core;
  int64_t package = 0;
  int64_t cpu = 0;  // that is asked

  bool operator==(const ThrottleCounter&) const = default;
};

// One thread.
class ThrottleCounters {
 public:
  virtual ~ThrottleCounters() = default;
  virtual bool rescan() = 0;
  virtual const std::vector<ThrottleCounter>& counters() const = 0;
  virtual ReadStatus read(size_t counter, int64_t& events) = 0;
};

// Null on a system that has no such thing. Call `rescan` before all else.
std::unique_ptr<ThermalZones> open_thermal_zones(const HostRoot& root);
std::unique_ptr<ThrottleCounters> open_throttle_counters(const HostRoot& root);

}  // namespace anemon
