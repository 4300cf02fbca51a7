#include "profiler/statistics/summary.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "profiler/statistics/sample.h"

namespace anemon::profiler {

Summary summarize(std::span<const double> values) {
  const std::vector<double> ascending = sorted(values);
  Summary summary;
  summary.count = ascending.size();
  summary.median = median_of_sorted(ascending);
  summary.mad = median_absolute_deviation(ascending, summary.median);
  summary.min = ascending.front();
  summary.max = ascending.back();
  // Welford's: no sum of squares that could cancel or overflow.
  double squares = 0;
  double count = 0;
  for (double value : ascending) {
    const double from_old = value - summary.mean;
    summary.mean += from_old / ++count;
    squares += from_old * (value - summary.mean);
  }
  if (count > 1) summary.standard_deviation = std::sqrt(squares / (count - 1));
  return summary;
}

}  // namespace anemon::profiler
