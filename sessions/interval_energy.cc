#include "sessions/interval_energy.h"

#include <algorithm>
#include <numeric>

namespace anemon {
namespace {

// A counter is at its least where a bucket begins.
double value_at(const SamplePoints& points, SessionTime at) {
  const auto after = std::lower_bound(points.begin(), points.end(), at,
                                      [](const auto& point, auto t) { return point.at < t; });
  if (after == points.begin() || after->at == at) return after->min;
  const auto before = after - 1;
  const double share = static_cast<double>((at - before->at).count()) /
                       static_cast<double>((after->at - before->at).count());
  return before->min + (after->min - before->min) * share;
}

}  // namespace

std::vector<Interval> united(std::vector<Interval> intervals) {
  std::sort(intervals.begin(), intervals.end(),
            [](const auto& a, const auto& b) { return a.begins < b.begins; });
  std::vector<Interval> merged;
  for (const Interval& interval : intervals) {
    if (!merged.empty() && interval.begins <= merged.back().ends) {
      merged.back().ends = std::max(merged.back().ends, interval.ends);
    } else {
      merged.push_back(interval);
    }
  }
  return merged;
}

SessionTime total(const std::vector<Interval>& disjoint) {
  return std::accumulate(disjoint.begin(), disjoint.end(), SessionTime::zero(),
                         [](auto sum, const auto& i) { return sum + (i.ends - i.begins); });
}

EnergyShare energy_within(const SamplePoints& energy, const std::vector<Interval>& intervals) {
  EnergyShare share;
  if (energy.empty()) return share;
  for (const Interval& interval : intervals) {
    const SessionTime begins = std::max(interval.begins, energy.front().at);
    const SessionTime ends = std::min(interval.ends, energy.back().at);
    if (begins >= ends) continue;
    share.joules += value_at(energy, ends) - value_at(energy, begins);
    share.covered += ends - begins;
  }
  return share;
}

}  // namespace anemon
