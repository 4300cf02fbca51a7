#include "profiler/statistics/trend.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "profiler/statistics/distributions.h"
#include "profiler/statistics/sample.h"

namespace anemon::profiler {
namespace {

// Sum of t (t - 1) (2 t + 5) over the groups of equal values.
double tie_term(std::span<const double> ascending) {
  double sum = 0;
  for (size_t i = 0; i < ascending.size();) {
    size_t end = i;
    while (end < ascending.size() && ascending[end] == ascending[i]) ++end;
    const auto t = static_cast<double>(end - i);
    sum += t * (t - 1) * (2 * t + 5);
    i = end;
  }
  return sum;
}

}  // namespace

Trend trend(std::span<const double> series) {
  const std::vector<double> ascending = sorted(series, "the series");
  Trend result;
  if (series.size() < 2) return result;
  std::vector<double> slopes;
  slopes.reserve(series.size() * (series.size() - 1) / 2);
  double score = 0;
  for (size_t j = 1; j < series.size(); ++j) {
    for (size_t i = 0; i < j; ++i) {
      const double rise = series[j] - series[i];
      score += rise > 0 ? 1 : rise < 0 ? -1 : 0;
      slopes.push_back(rise / static_cast<double>(j - i));
    }
  }
  result.slope = median(slopes);
  const auto n = static_cast<double>(series.size());
  result.change = result.slope * (n - 1);
  const double variance = (n * (n - 1) * (2 * n + 5) - tie_term(ascending)) / 18;
  if (series.size() < 4 || !(variance > 0)) return result;
  const double z = std::max(0.0, std::abs(score) - 1) / std::sqrt(variance);
  result.p_value = 2 * normal_cdf(-z);
  return result;
}

}  // namespace anemon::profiler
