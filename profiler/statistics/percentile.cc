#include "profiler/statistics/percentile.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "profiler/statistics/autocorrelation.h"
#include "profiler/statistics/distributions.h"

namespace anemon::profiler {
namespace {

constexpr size_t kFewest = 8;
constexpr size_t kFewestMarks = 10;

// 0.95 * 100 is not always 95: a rank is rounded up only where the product is truly above.
size_t nearest_rank(double q, size_t n) {
  const double exact = q * static_cast<double>(n);
  const auto rank = static_cast<size_t>(std::ceil(exact - exact * 1e-12));
  return std::clamp<size_t>(rank, 1, n);
}

// How many samples one independent one is worth. What decides is being above the quantile; where
// that happens too rarely to tell, the ranks of all samples, which are not less alike.
double dependence(std::span<const double> series, std::span<const double> ascending,
                  double quantile) {
  std::vector<double> marks(series.size());
  std::transform(series.begin(), series.end(), marks.begin(),
                 [&](double value) { return value > quantile ? 1.0 : 0.0; });
  const auto above = static_cast<size_t>(std::count(marks.begin(), marks.end(), 1.0));
  if (std::min(above, marks.size() - above) < kFewestMarks) {
    std::transform(series.begin(), series.end(), marks.begin(), [&](double value) {
      return static_cast<double>(std::lower_bound(ascending.begin(), ascending.end(), value) -
                                 ascending.begin());
    });
  }
  return autocorrelation_time(marks);
}

Percentile of_sorted(std::span<const double> series, std::span<const double> ascending, double q) {
  Percentile result{q, {}, {}, samples_needed(q)};
  const size_t n = ascending.size();
  if (n < result.samples_needed) return result;
  result.value = ascending[nearest_rank(q, n) - 1];

  const double time = dependence(series, ascending, *result.value);
  const auto effective = static_cast<size_t>(static_cast<double>(n) / time);
  result.samples_needed =
      static_cast<size_t>(std::ceil(static_cast<double>(result.samples_needed) * time));
  const std::optional<RankInterval> ranks = quantile_ranks(effective, q);
  if (!ranks) return result;
  // Outwards, so that scaling loses no coverage.
  const double scale = static_cast<double>(n) / static_cast<double>(effective);
  const double low = std::floor(static_cast<double>(ranks->low) * scale);
  const double high = std::ceil(static_cast<double>(ranks->high) * scale);
  const size_t first = effective == n ? ranks->low : static_cast<size_t>(std::max(1.0, low));
  const size_t last = effective == n ? ranks->high : std::min(n, static_cast<size_t>(high));
  result.interval = Interval{ascending[first - 1], ascending[last - 1]};
  return result;
}

}  // namespace

size_t samples_needed(double q) {
  if (!(q > 0 && q < 1)) throw Error(fmt::format("no percentile of {}", q), "0.5 is the median");
  const double rarer = std::max(q, 1 - q);
  auto n = std::max(kFewest, static_cast<size_t>(std::log(1 - kConfidence) / std::log(rarer)));
  while (1 - std::pow(q, n) - std::pow(1 - q, n) < kConfidence) ++n;
  return n;
}

std::optional<RankInterval> quantile_ranks(size_t n, double q) {
  if (n < samples_needed(q)) return std::nullopt;
  const BinomialWindow window = binomial(n, q);
  // Counts 1 to n - 1 can lie inside: rank 0 and rank n + 1 do not exist.
  const size_t end = window.first + window.probabilities.size();
  const auto at = [&](size_t count) { return window.probabilities[count - window.first]; };
  std::optional<RankInterval> best;
  double best_covered = 0;
  double covered = 0;
  size_t low = std::max<size_t>(1, window.first);
  for (size_t high = low; high < std::min(end, n);) {
    covered += at(high++);
    while (low < high && covered - at(low) >= kConfidence) covered -= at(low++);
    if (covered < kConfidence) continue;
    const size_t width = high - low;
    const size_t best_width = best ? best->high - best->low : n;
    if (best && (width > best_width || (width == best_width && covered <= best_covered))) continue;
    best = RankInterval{low, high};
    best_covered = covered;
  }
  return best;
}

Percentile percentile(std::span<const double> series, double q) {
  return of_sorted(series, sorted(series, "the series"), q);
}

std::vector<Percentile> percentiles(std::span<const double> series) {
  const std::vector<double> ascending = sorted(series, "the series");
  std::vector<Percentile> all;
  for (double q : kPercentiles) all.push_back(of_sorted(series, ascending, q));
  return all;
}

}  // namespace anemon::profiler
