// Which component a temperature belongs to: cpu, gpu, ane, disk, memory, network, battery, power,
// board, or other.
#pragma once

#include <string>
#include <string_view>

#include "platform/hwmon.h"

namespace anemon {

std::string hwmon_temperature_component(const HwmonChannel& channel);
std::string zone_temperature_component(std::string_view zone_type);

}  // namespace anemon
