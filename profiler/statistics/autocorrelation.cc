#include "profiler/statistics/autocorrelation.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/error.h"
#include "profiler/statistics/distributions.h"

namespace anemon::profiler {
namespace {

constexpr double kSignificant = 2.326;  // normal quantile of 0.99
constexpr size_t kFewest = 16;          // fewer values say nothing of their correlation
constexpr size_t kCoarser = 4;          // from one scale to the next
constexpr size_t kMostDirect = 4096;    // values whose lags are summed; the cost is its square

std::vector<double> group_means(std::span<const double> values, size_t length) {
  std::vector<double> means(values.size() / length);
  for (size_t i = 0; i < means.size(); ++i) {
    const auto group = values.subspan(i * length, length);
    means[i] = std::accumulate(group.begin(), group.end(), 0.0) / static_cast<double>(length);
  }
  return means;
}

// From the first value, so that the mean of equal values is theirs.
double mean_of(std::span<const double> values) {
  double from_first = 0;
  for (double value : values) {
    from_first += (value - values.front()) / static_cast<double>(values.size());
  }
  return values.front() + from_first;
}

// About their mean, so that products lose no digits.
std::vector<double> centred(std::span<const double> values) {
  std::vector<double> from_mean(values.begin(), values.end());
  const double mean = values.empty() ? 0 : mean_of(values);
  for (double& value : from_mean) value -= mean;
  return from_mean;
}

double lagged_sum(std::span<const double> x, size_t lag) {
  double sum = 0;
  for (size_t i = lag; i < x.size(); ++i) sum += x[i] * x[i - lag];
  return sum;
}

bool neighbours_alike(std::span<const double> centre) {
  const double variance = lagged_sum(centre, 0);
  if (centre.size() < kFewest || !(variance > 0)) return false;
  return lagged_sum(centre, 1) / variance > kSignificant / std::sqrt(centre.size());
}

// 1 + 2 * sum of rho: pairs of neighbouring lags are positive and decrease for a reversible chain;
// where an estimate stops doing so, noise begins.
double initial_monotone_sum(std::span<const double> centre) {
  const double variance = lagged_sum(centre, 0);
  double sum = -1;
  double before = 2;
  for (size_t lag = 0; lag + 1 < centre.size(); lag += 2) {
    const double pair = (lagged_sum(centre, lag) + lagged_sum(centre, lag + 1)) / variance;
    if (pair <= 0) break;
    before = std::min(before, pair);
    sum += 2 * before;
  }
  return sum;
}

double variance(std::span<const double> centre) {
  return lagged_sum(centre, 0) / static_cast<double>(centre.size());
}

}  // namespace

std::vector<double> autocorrelations(std::span<const double> values, size_t lags) {
  require_finite(values, "the series");
  if (values.empty()) return {};
  lags = std::min(lags, values.size() - 1);
  const std::vector<double> centre = centred(values);
  const double total = lagged_sum(centre, 0);
  std::vector<double> rho(lags + 1, 0.0);
  rho[0] = 1;
  for (size_t lag = 1; lag <= lags && total > 0; ++lag) rho[lag] = lagged_sum(centre, lag) / total;
  return rho;
}

bool is_correlated(std::span<const double> values) {
  require_finite(values, "the series");
  for (size_t length = 1; values.size() / length >= kFewest; length *= kCoarser) {
    if (neighbours_alike(centred(group_means(values, length)))) return true;
  }
  return false;
}

double autocorrelation_time(std::span<const double> values) {
  require_finite(values, "the series");
  if (values.size() < kFewest) return 1;
  const double fine = variance(centred(values));
  bool alike = false;
  for (size_t length = 1; values.size() / length >= kFewest; length *= kCoarser) {
    const std::vector<double> centre = centred(group_means(values, length));
    alike = alike || neighbours_alike(centre);
    if (!alike || centre.size() > kMostDirect) continue;
    // A mean of groups varies as the mean of values: the times differ by what is averaged away.
    const double time =
        initial_monotone_sum(centre) * variance(centre) * static_cast<double>(length) / fine;
    return std::clamp(time, 1.0, static_cast<double>(values.size()));
  }
  return 1;
}

MeanInterval mean_interval(std::span<const double> values) {
  if (values.empty()) throw Error("no mean: the sample is empty", "measure at least once");
  MeanInterval result;
  const auto n = static_cast<double>(values.size());
  result.autocorrelation_time = autocorrelation_time(values);
  result.effective_samples = n / result.autocorrelation_time;
  result.mean = mean_of(values);
  if (result.effective_samples < 2) return result;
  // Alike neighbours also spread less about their own mean than about the true one.
  const double deviation =
      std::sqrt(variance(centred(values)) * n / (n - result.autocorrelation_time));
  const double half = student_quantile((1 + kConfidence) / 2, result.effective_samples - 1) *
                      deviation / std::sqrt(result.effective_samples);
  result.interval = Interval{result.mean - half, result.mean + half};
  return result;
}

}  // namespace anemon::profiler
