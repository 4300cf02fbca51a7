// Temperature sensors behind IOHIDEventSystemClient. One thread; creating it is expensive, reading
// is not.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "platform/kernel_file.h"

namespace anemon {

struct HidTemperature {
  std::string product;  // "ANE MTR Temp Sensor1"; not unique
  double celsius = 0;   // as the sensor says, not judged

  bool operator==(const HidTemperature&) const = default;
};

class HidTemperatures {
 public:
  virtual ~HidTemperatures() = default;

  // Replaces `temperatures` by what every sensor that answers says. `absent` when there is none.
  virtual ReadStatus read(std::vector<HidTemperature>& temperatures) = 0;
};

// Of the live machine; null when it cannot be asked.
std::unique_ptr<HidTemperatures> open_hid_temperatures();

}  // namespace anemon
