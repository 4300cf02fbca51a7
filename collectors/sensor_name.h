// How a monitoring chip and its channels are called in labels.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "platform/hwmon.h"

namespace anemon {

// "coretemp.0", "nvme0", "amdgpu-0000:03:00.0": the device, so that the name stays when chips are
// numbered anew.
std::string chip_name(const HwmonChannel& channel);

// chip_name and the channel's label: "coretemp.0/Core 3", "nvme0/Composite".
std::string sensor_name(const HwmonChannel& channel);

// A kernel's text as a label value: valid UTF-8 of bounded length, "unnamed" when empty.
std::string label_text(std::string_view text);

// Makes names of one scan unique: the second "a" becomes "a #2".
class UniqueNames {
 public:
  std::string operator()(std::string name);

 private:
  std::map<std::string, int> seen_;
};

}  // namespace anemon
