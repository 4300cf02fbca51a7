// The plain facts of a sample. Pure.
#pragma once

#include <cstddef>
#include <span>

namespace anemon::profiler {

struct Summary {
  size_t count = 0;
  double mean = 0;
  double min = 0;
  double max = 0;
  double standard_deviation = 0;  // divided by count - 1; 0 for a single value
  double median = 0;              // mean of the two in the middle of an even count
  double mad = 0;                 // median of the distances to the median, not scaled
};

// Throws Error for an empty sample or one that holds what is not finite.
Summary summarize(std::span<const double> values);

}  // namespace anemon::profiler
