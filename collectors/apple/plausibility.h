// What a reading of Apple's sources must be to be believed. What is not is dropped and counted
// under its rule (Pass::reject), never bent into range.
#pragma once

#include <algorithm>
#include <optional>
#include <string>

#include "core/clock.h"

namespace anemon::plausible {

// Names of rules, kept so that counting them needs no conversion.
inline const std::string kTemperatureRule = "temperature_range";
inline const std::string kFanRule = "fan_range";
inline const std::string kPressureRule = "pressure_range";
inline const std::string kFrequencyRule = "frequency_range";
inline const std::string kRatioRule = "ratio_range";
inline const std::string kResidencyRule = "residency_span";
inline const std::string kBandwidthRule = "bandwidth_range";

constexpr double kLowestCelsius = -20;
constexpr double kHighestCelsius = 150;
inline bool temperature(double celsius) {
  return celsius >= kLowestCelsius && celsius <= kHighestCelsius;
}

constexpr double kFastestFan = 20'000;  // revolutions per minute
inline bool fan(double rpm) { return rpm >= 0 && rpm <= kFastestFan; }

inline bool pressure(int level) { return level >= 0 && level <= 4; }

// A mean of table entries lies between them; the rest is rounding.
inline bool frequency(double hertz, double lowest, double highest) {
  return hertz == 0 || (hertz >= lowest * 0.999 && hertz <= highest * 1.001);
}

// Two clocks that are not read at the same moment may put a share a little above one.
constexpr double kRatioTolerance = 0.02;
inline std::optional<double> ratio(double value) {
  if (!(value >= 0 && value <= 1 + kRatioTolerance)) return std::nullopt;
  return std::min(value, 1.0);
}

// Time in states cannot exceed the time that passed, but for what a driver held back before.
inline bool residency(double seconds, Duration observed) {
  return seconds <= 1.25 * to_seconds(observed) + 2.5;
}

// No Neural Engine moves more, on any path.
constexpr double kMostBytesPerSecond = 4e12;
inline bool traffic(double bytes, Duration observed) {
  return bytes <= kMostBytesPerSecond * (to_seconds(observed) + 2.5);
}

}  // namespace anemon::plausible
