#include "profiler/statistics/energy_precision.h"

#include <fmt/format.h>

#include <cmath>
#include <vector>

#include "core/error.h"
#include "profiler/statistics/autocorrelation.h"

namespace anemon::profiler {
namespace {

constexpr size_t kFewestPublications = 8;

void require_usable(std::span<const EnergyInterval> intervals, double cadence, double asked) {
  if (!std::isfinite(cadence) || cadence < 0 || !std::isfinite(asked) || !(asked > 0)) {
    throw Error(
        fmt::format("no precision of energy: {} asked at a cadence of {} s", asked, cadence),
        "0.05 asks for 5 %");
  }
  for (const EnergyInterval& interval : intervals) {
    if (std::isfinite(interval.joules) && std::isfinite(interval.seconds) && interval.seconds > 0) {
      continue;
    }
    throw Error(
        fmt::format("no precision of energy: {} J in {} s", interval.joules, interval.seconds),
        "leave out readings that failed");
  }
}

// Each at least `cadence` long but for rounding; what is left at the end joins the last.
std::vector<EnergyInterval> joined(std::span<const EnergyInterval> intervals, double cadence) {
  std::vector<EnergyInterval> result;
  EnergyInterval open;
  for (const EnergyInterval& interval : intervals) {
    open.joules += interval.joules;
    open.seconds += interval.seconds;
    if (open.seconds < cadence * (1 - 1e-9)) continue;
    result.push_back(open);
    open = {};
  }
  if (!result.empty()) {
    result.back().joules += open.joules;
    result.back().seconds += open.seconds;
  }
  return result;
}

std::string words_of(const EnergyPrecision& p) {
  if (!p.watts) return fmt::format("{:.3g} W; too short to tell how exact", p.mean_watts);
  if (!p.half_width) {
    return fmt::format("{:.3g} W to {:.3g} W: not above zero", p.watts->low, p.watts->high);
  }
  std::string words = fmt::format("{:.3g} W, known to {:.1f} %", p.mean_watts, 100 * *p.half_width);
  if (p.seconds_needed) words += fmt::format("; about {:.0f} s would do", *p.seconds_needed);
  return words;
}

}  // namespace

EnergyPrecision energy_precision(std::span<const EnergyInterval> intervals, double cadence,
                                 double asked) {
  require_usable(intervals, cadence, asked);
  EnergyPrecision result;
  double joules = 0;
  for (const EnergyInterval& interval : intervals) {
    joules += interval.joules;
    result.seconds += interval.seconds;
  }
  if (intervals.empty()) {
    result.words = "no energy was observed";
    return result;
  }
  result.mean_watts = joules / result.seconds;
  // About the mean of energy over time, each interval weighted by how long it lasted.
  const std::vector<EnergyInterval> published = joined(intervals, cadence);
  const double mean_seconds = result.seconds / static_cast<double>(published.size());
  std::vector<double> residuals;
  for (const EnergyInterval& interval : published) {
    residuals.push_back((interval.joules - result.mean_watts * interval.seconds) / mean_seconds);
  }
  if (published.size() >= kFewestPublications) {
    const MeanInterval mean = mean_interval(residuals);
    const double edges =
        1.96 * std::sqrt(2.0 / 12) * cadence * std::abs(result.mean_watts) / result.seconds;
    if (mean.interval) {
      const double half = std::hypot(mean.interval->half_width(), edges);
      result.watts = Interval{result.mean_watts - half, result.mean_watts + half};
    }
  }
  if (result.watts && result.mean_watts > 0) {
    result.half_width = result.watts->half_width() / result.mean_watts;
    result.enough = *result.half_width <= asked;
    const double ratio = *result.half_width / asked;
    if (!result.enough) result.seconds_needed = result.seconds * ratio * ratio;
  }
  result.words = words_of(result);
  return result;
}

}  // namespace anemon::profiler
