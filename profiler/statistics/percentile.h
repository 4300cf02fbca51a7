// Percentiles as order statistics, with intervals that assume no distribution. Pure.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "profiler/statistics/sample.h"

namespace anemon::profiler {

inline constexpr std::array<double, 4> kPercentiles = {0.50, 0.90, 0.95, 0.99};

// Ranks from 1 to n of the sorted sample.
struct RankInterval {
  size_t low = 0;
  size_t high = 0;
};

// The samples that a quantile takes, 0 < q < 1: so many that with 95 % one lies above it and one
// below (n >= ln 0.05 / ln q for q > 0.5), and at least 8, the first at which the interval of a
// median can leave out an extreme. 8, 29, 59 and 299 for p50, p90, p95 and p99.
size_t samples_needed(double q);

// The narrowest pair of ranks whose order statistics enclose the quantile q with at least 95 %, by
// the exact binomial distribution of the number of samples below it: P(low <= B < high). Of equally
// narrow ones the most probable. None below samples_needed(q).
std::optional<RankInterval> quantile_ranks(size_t n, double q);

struct Percentile {
  double q = 0;                      // 0.99
  std::optional<double> value;       // the order statistic of rank ceil(q * n), "nearest rank";
                                     // unset below samples_needed(q)
  std::optional<Interval> interval;  // 95 %; unset when the samples are too few
  size_t samples_needed = 0;         // for both, at this autocorrelation
};

// In the order of the series: where being above the quantile is autocorrelated (or the ranks are,
// with fewer than 10 above), the interval is that of n / autocorrelation_time samples, its ranks
// scaled to n. Throws Error for what is not finite.
Percentile percentile(std::span<const double> series, double q);
std::vector<Percentile> percentiles(std::span<const double> series);  // kPercentiles

}  // namespace anemon::profiler
