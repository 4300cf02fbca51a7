// Neural accelerators under DRM accel (Linux /sys/class/accel), raw. Sources: the kernel's
// drivers/accel/ivpu/ivpu_sysfs.c (Intel NPU) and Documentation/ABI/testing/sysfs-devices-power.
// AMD's amdxdna publishes no more than its run time power state there.
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

struct AccelDevice {
  int64_t number = 0;  // of accelN
  std::string driver;  // "intel_vpu", "amdxdna"; may be empty

  bool operator==(const AccelDevice&) const = default;
};

enum class AccelValue : uint8_t {
  busy_us,                // npu_busy_time_us: cumulative time with jobs at the firmware; its driver
                          // asks not to be read more often than about once a second
  memory_bytes,           // npu_memory_utilization
  frequency_mhz,          // npu_current_frequency_mhz; 0 while the device sleeps
  minimum_frequency_mhz,  // freq/hw_min_freq, newer kernels
  maximum_frequency_mhz   // npu_max_frequency_mhz
};

// One thread. Reading may wait for the driver's locks; it does not wake a sleeping device.
class Accelerators {
 public:
  virtual ~Accelerators() = default;

  // Looks which devices there are. True when they changed: indexes have a new meaning.
  virtual bool rescan() = 0;
  virtual const std::vector<AccelDevice>& devices() const = 0;
  virtual ReadStatus read(size_t device, AccelValue which, int64_t& value) = 0;

  // power/runtime_status: "active", "suspended", "suspending", "resuming", "error", "unsupported".
  virtual ReadStatus read_runtime_status(size_t device, std::span<char> buffer,
                                         std::string_view& text) = 0;
};

// Null on a system that has no such thing. Call `rescan` before all else.
std::unique_ptr<Accelerators> open_accelerators(const HostRoot& root);

}  // namespace anemon
