#include "profiler/statistics/steadiness.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "profiler/statistics/autocorrelation.h"
#include "profiler/statistics/sample.h"
#include "profiler/statistics/trend.h"

namespace anemon::profiler {
namespace {

constexpr size_t kMserGroup = 5;
constexpr size_t kFewestForGroups = 50;
constexpr size_t kMostWindows = 10;
constexpr size_t kFewWindows = 3;
constexpr size_t kFewestForMostWindows = 100;
constexpr size_t kTrendPoints = 60;
constexpr double kTrendSignificance = 0.01;
constexpr double kTimesPerGroup = 3;  // autocorrelation times
// The range of ten standard normal values stays below 5.16 with 99 %.
constexpr double kRangeByChance = 5;
constexpr double kMedianError = 1.2533 * 1.4826;  // of a median, in MADs, times 1 / sqrt(n)

double relative(double difference, double to) {
  if (difference == 0) return 0;
  return difference / std::max(std::abs(to), 1e-300);
}

// The spread of the windows' medians, and what chance explains of it.
struct WindowSpread {
  double seen = 0;
  double by_chance = 0;
};

WindowSpread window_spread(std::span<const double> values, bool last_three) {
  const size_t windows = values.size() < kFewestForMostWindows ? kFewWindows : kMostWindows;
  const size_t length = values.size() / windows;
  std::vector<double> medians = group_medians(values, length);
  std::vector<double> within;
  for (size_t i = 0; i < values.size(); ++i) {
    within.push_back(values[i] - medians[std::min(i / length, medians.size() - 1)]);
  }
  const double time = autocorrelation_time(within);
  if (last_three) medians.erase(medians.begin(), medians.end() - kFewWindows);
  const auto [low, high] = std::minmax_element(medians.begin(), medians.end());
  const double center = median(medians);
  const double error = kMedianError * median_absolute_deviation(within, 0) *
                       std::sqrt(time / static_cast<double>(length));
  return {relative(*high - *low, center), relative(kRangeByChance * error, center)};
}

// Of groups so long that what is left beside the line itself is hardly autocorrelated.
Trend trend_of(std::span<const double> values) {
  const size_t group = (values.size() + kTrendPoints - 1) / kTrendPoints;
  const std::vector<double> points = group_medians(values, group);
  const Trend raw = trend(points);
  std::vector<double> residuals = points;
  for (size_t i = 0; i < points.size(); ++i) residuals[i] -= raw.slope * static_cast<double>(i);
  const double time = autocorrelation_time(residuals);
  if (time <= 1) return raw;
  return trend(group_medians(points, static_cast<size_t>(std::ceil(kTimesPerGroup * time))));
}

std::string percent(double fraction) { return fmt::format("{:.1f} %", 100 * std::abs(fraction)); }

Steadiness judge(std::span<const double> series, size_t cut, bool last_three) {
  Steadiness result;
  const auto kept = series.subspan(cut);
  if (kept.size() < kFewestForSteadiness) {
    result.reason = fmt::format("{} iterations are too few to tell", series.size());
    return result;
  }
  result.stability = Stability::unstable;
  result.warm_up = cut;
  const WindowSpread spread = window_spread(kept, last_three);
  result.spread = spread.seen;
  const Trend slope = trend_of(kept);
  result.change = relative(slope.change, median(kept));
  if (slope.p_value < kTrendSignificance && std::abs(result.change) > kTrendChange) {
    result.reason = fmt::format("latency {} by {} from start to end",
                                result.change > 0 ? "rises" : "falls", percent(result.change));
  } else if (result.spread > std::max(kWindowAgreement, spread.by_chance)) {
    result.reason =
        fmt::format("medians of windows differ by {} ({} is allowed)", percent(result.spread),
                    percent(std::max(kWindowAgreement, spread.by_chance)));
  } else {
    result.stability = Stability::steady;
    result.reason = cut == 0 ? std::string("steady from the start")
                             : fmt::format("steady after {} of {} iterations", cut, series.size());
  }
  return result;
}

}  // namespace

size_t warm_up_length(std::span<const double> series) {
  const size_t group = series.size() < kFewestForGroups ? 1 : kMserGroup;
  std::vector<double> values = group_medians(series, group);
  if (values.size() < 2) return 0;
  const double center = median(values);
  // From the end: the sums of what is kept grow value by value.
  double sum = 0, squares = 0, least = 0;
  size_t cut = 0;
  for (size_t kept = 1; kept <= values.size(); ++kept) {
    const size_t start = values.size() - kept;
    const double value = values[start] - center;
    sum += value;
    squares += value * value;
    if (start > values.size() / 2) continue;
    const auto n = static_cast<double>(kept);
    const double error = std::max(0.0, squares - sum * sum / n) / (n * n);
    // Of equals the one that keeps more.
    if (start == values.size() / 2 || error <= least) {
      least = error;
      cut = start;
    }
  }
  if (cut == values.size() / 2) return series.size();
  return cut * group;
}

Steadiness reached_steady_state(std::span<const double> series) {
  require_finite(series, "the latencies");
  const size_t cut = warm_up_length(series);
  if (cut < series.size() || series.size() < kFewestForSteadiness) {
    return judge(series, std::min(cut, series.size()), true);
  }
  Steadiness result;
  result.stability = Stability::unstable;
  result.warm_up = series.size();
  result.reason = fmt::format("no steady part in {} iterations", series.size());
  return result;
}

Steadiness judge_run(std::span<const double> series) {
  require_finite(series, "the latencies");
  return judge(series, 0, false);
}

}  // namespace anemon::profiler
