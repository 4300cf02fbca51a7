// How well a run's power is known, and how long it takes to know it as well as asked. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>

#include "profiler/statistics/sample.h"

namespace anemon::profiler {

// Between two readings of an energy counter.
struct EnergyInterval {
  double joules = 0;   // net energy may be negative
  double seconds = 0;  // above 0
};

struct EnergyPrecision {
  double seconds = 0;  // that were observed
  double mean_watts = 0;
  std::optional<Interval> watts;  // 95 %; unset below eight publications
  std::optional<double>
      half_width;       // of `watts` over the mean; unset where the mean is not above 0
  bool enough = false;  // half_width is at most what was asked
  // How long to observe in all to be within, were the spread what it seems; unset when it is
  // enough or cannot be told yet: go on for another eight publications, or to the limit.
  std::optional<double> seconds_needed;
  std::string words;  // "12.3 W, known to 4.1 %"
};

// `cadence`: seconds between publications of the sensor, 0 for one that is always current. Readings
// in between repeat what was published or hold nothing new, so intervals are joined until they last
// at least that long. The mean is energy over time; its variance is that of the joined intervals'
// power, corrected for autocorrelation, plus that of the two ends, which lie anywhere within a
// publication: cadence^2 / 12 each, times the mean's square over the time's. Throws Error for what
// is not finite, a duration not above 0, a negative cadence, and a precision asked not above 0.
EnergyPrecision energy_precision(std::span<const EnergyInterval> intervals, double cadence,
                                 double asked);

}  // namespace anemon::profiler
