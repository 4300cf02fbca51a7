// Whether a series rises or falls. Pure.
#pragma once

#include <span>

namespace anemon::profiler {

struct Trend {
  double slope = 0;   // per step: the median of the slopes of all pairs (Theil 1950, Sen 1968)
  double change = 0;  // slope * (n - 1), over the whole series
  // Mann-Kendall, two-sided: normal approximation with correction for ties and continuity; 1 for
  // fewer than four values or equal ones. Assumes values that are independent but for the trend.
  double p_value = 1;
};

// Looks at all pairs: condense a series above a few hundred values first (group_medians). Throws
// Error for what is not finite.
Trend trend(std::span<const double> series);

}  // namespace anemon::profiler
