// Which component a raw energy or power channel belongs to, and which source is trusted first.
#pragma once

#include <string>
#include <string_view>

#include "platform/hwmon.h"
#include "platform/powercap.h"

namespace anemon {

// Zones that this table does not know keep their own name ("package-0"), which no other means.
std::string powercap_component(const PowercapZone& zone);

// Channels that this table does not know are named by sensor_name.
std::string hwmon_power_component(const HwmonChannel& channel);

// True for a battery: its sensor shows the power of charging and of discharging alike, so that its
// sum is no energy used.
bool flows_both_ways(std::string_view component);

// A powercap control type as a source label, and its place in the order of trust: several control
// types may show one and the same counter, which must not count twice.
struct EnergySourceName {
  std::string name;
  int rank;  // the lowest that is proven wins
};
EnergySourceName powercap_source(std::string_view control_type);
EnergySourceName hwmon_source();

}  // namespace anemon
