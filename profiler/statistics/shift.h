// By how much one sample lies above another: Hodges and Lehmann's estimates (1963) with the
// intervals that belong to the rank tests (Moses; Tukey). Pure. Throw Error for an empty sample or
// one that holds what is not finite.
#pragma once

#include <optional>
#include <span>

#include "profiler/statistics/sample.h"

namespace anemon::profiler {

struct Shift {
  double estimate = 0;
  // 95 % by the same ranks as the test: exact for at most 20 values each (100 differences), else
  // by the normal approximation. Unset for too few: below 4 values each, or 6 differences.
  std::optional<Interval> interval;
};

// The median of all differences b - a, to the last bit. They are not listed: order statistics are
// found by counting, O(n + m) a step and seldom more than a dozen steps, so any size is exact.
Shift shift_between(std::span<const double> a, std::span<const double> b);

// The median of the means of all pairs of differences, each with itself as well (Walsh averages).
Shift shift_of(std::span<const double> differences);

}  // namespace anemon::profiler
