// Devices that only Linux has: collectors find nothing there and say so.
#include "platform/cpufreq.h"
#include "platform/drm_accel.h"
#include "platform/hwmon.h"
#include "platform/powercap.h"
#include "platform/thermal_zones.h"

namespace anemon {

std::unique_ptr<Powercap> open_powercap(const HostRoot&) { return nullptr; }

std::unique_ptr<Hwmon> open_hwmon(const HostRoot&, std::span<const HwmonQuantity>) {
  return nullptr;
}

std::unique_ptr<ClockDomains> open_clock_domains(const HostRoot&) { return nullptr; }

std::unique_ptr<ThermalZones> open_thermal_zones(const HostRoot&) { return nullptr; }

std::unique_ptr<ThrottleCounters> open_throttle_counters(const HostRoot&) { return nullptr; }

std::unique_ptr<Accelerators> open_accelerators(const HostRoot&) { return nullptr; }

}  // namespace anemon
