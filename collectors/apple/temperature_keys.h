// Which keys of the System Management Controller are temperatures of what. All per-chip knowledge
// of temperatures is in the tables of temperature_keys.cc.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "platform/smc.h"

namespace anemon {

struct TemperatureKey {
  size_t index;                // into Smc::keys()
  std::string_view component;  // "die", "cpu", "gpu", "memory", "battery", ...
  bool silicon;                // of the chip, whose parts are switched off when idle
};

// The keys worth reading on this chip, at most kMostKeys a component, spread over those there are:
// the firmware's own aggregates of the die first.
std::vector<TemperatureKey> temperature_keys(std::span<const SmcKey> keys, std::string_view chip);
constexpr size_t kMostKeys = 8;

// A part that is switched off answers with a constant instead of a temperature. On the chip no real
// reading lies below kColdest while the machine runs; elsewhere only zero means "no sensor".
constexpr double kColdestSilicon = 15;
bool is_parked(const TemperatureKey& key, double celsius);

// Component of a sensor behind IOHID by its product; empty for what is no temperature of a thing.
// "ANE MTR Temp Sensor1" is the engine's.
struct HidComponent {
  std::string_view component;
  bool silicon;
};
HidComponent hid_component(std::string_view product);

}  // namespace anemon
