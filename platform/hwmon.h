// Hardware monitoring chips (Linux /sys/class/hwmon), raw. Source: the kernel's
// Documentation/hwmon/sysfs-interface.rst.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "platform/host_root.h"
#include "platform/kernel_file.h"

namespace anemon {

enum class HwmonQuantity : uint8_t {
  energy,       // energyN_input, microjoules, cumulative
  power,        // powerN_average where there is one, else powerN_input; microwatts
  temperature,  // tempN_input, thousandths of a degree Celsius
  fan           // fanN_input, revolutions per minute
};

struct HwmonChannel {
  std::string id;      // "hwmon2/power1"
  std::string chip;    // the chip's name: "coretemp", "amdgpu", "macsmc_hwmon"
  std::string device;  // what it sits on: "coretemp.0", "nvme0", "0000:03:00.0"; may be empty
  std::string label;   // the driver's label, else "power1", "temp3"
  HwmonQuantity quantity = HwmonQuantity::temperature;

  bool operator==(const HwmonChannel&) const = default;
};

// One thread. Reading may block: some chips sit behind slow buses or firmware.
class Hwmon {
 public:
  virtual ~Hwmon() = default;

  // Looks which channels there are. True when they changed: indexes have a new meaning.
  virtual bool rescan() = 0;
  virtual const std::vector<HwmonChannel>& channels() const = 0;

  // A device that sleeps (run time power management) is `failed`: to read some would wake them.
  virtual ReadStatus read(size_t channel, int64_t& value) = 0;

  // True when the chip itself says that the sensor is broken (tempN_fault, fanN_fault).
  virtual bool faulty(size_t channel) = 0;
};

// Only channels of these quantities. Null on a system that has no such thing. Call `rescan` first.
std::unique_ptr<Hwmon> open_hwmon(const HostRoot& root, std::span<const HwmonQuantity> quantities);

}  // namespace anemon
