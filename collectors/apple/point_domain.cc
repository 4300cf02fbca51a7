#include "collectors/apple/point_domain.h"

#include <algorithm>

#include "collectors/apple/plausibility.h"

namespace anemon {
namespace {

constexpr const char* kSource = "ioreport";

}  // namespace

PointDomain::PointDomain(std::string name)
    : name_(std::move(name)),
      clock_series_(Metric::kFrequency, {name_}),
      minimum_series_(Metric::kFrequencyLimit, {name_, "min"}),
      maximum_series_(Metric::kFrequencyLimit, {name_, "max"}),
      clock_line_(Metric::kFrequency, name_, kSource),
      limit_line_(Metric::kFrequencyLimit, name_, "pmgr"),
      residency_line_(Metric::kStateResidency, name_, kSource) {}

void PointDomain::add(uint32_t index, uint32_t number, const Channel& channel, size_t active) {
  Point point{index,
              number,
              active,
              ticks_per_second(channel.unit),
              0,
              {},
              0,
              0,
              Series(Metric::kStateResidency, {name_, "F" + std::to_string(number), ""})};
  points_.push_back(std::move(point));
}

void PointDomain::join(const ClockLadder& ladder, const char* problem) {
  std::sort(points_.begin(), points_.end(),
            [](const Point& a, const Point& b) { return a.number < b.number; });
  problem_ = problem;
  if (!ladder.empty()) {
    const auto [lowest, highest] = std::minmax_element(ladder.begin(), ladder.end());
    lowest_ = *lowest;
    highest_ = *highest;
  }
  has_clocks_ = !ladder.empty() && ladder.size() == points_.size();
  if (!has_clocks_) {
    if (!ladder.empty()) {
      problem_ =
          points_.empty() ? "chip does not publish it" : "clock points do not fit the clock table";
    }
    return;
  }
  for (size_t i = 0; i < points_.size(); ++i) {
    Point& point = points_[i];
    point.hertz = ladder[i];
    point.series =
        Series(Metric::kStateResidency, {name_, "F" + std::to_string(point.number),
                                         std::to_string(static_cast<int64_t>(point.hertz))});
  }
}

void PointDomain::go_on(const PointDomain& old) {
  for (Point& point : points_) {
    const auto same =
        std::find_if(old.points_.begin(), old.points_.end(),
                     [&](const Point& candidate) { return candidate.number == point.number; });
    if (same == old.points_.end()) continue;
    point.seconds = same->seconds;
    point.delta = same->delta;
  }
}

bool PointDomain::feed(Pass& pass, const ChannelValue& value, Duration at) {
  const auto point = std::find_if(points_.begin(), points_.end(), [&](const Point& candidate) {
    return candidate.channel == value.channel;
  });
  if (point == points_.end()) return false;
  if (value.parts.size() <= point->active) {
    point->delta.rebaseline();
    return true;
  }
  if (!point->ticks || !point->delta.feed(value, at)) return true;
  const double seconds = static_cast<double>(point->delta.parts()[point->active]) / *point->ticks;
  point->share_seconds = 0;
  if (plausible::residency(seconds, point->delta.observed())) {
    point->seconds += seconds;
    point->share_seconds = seconds;
  } else {
    pass.reject(plausible::kResidencyRule);
  }
  return true;
}

void PointDomain::rebaseline() noexcept {
  for (Point& point : points_) {
    point.delta.rebaseline();
    point.share_seconds = 0;
  }
}

void PointDomain::set_readings(Pass& pass, Duration at) {
  bool proven = false;
  bool current = false;
  double active = 0;
  double weighted = 0;
  for (const Point& point : points_) {
    proven = proven || point.delta.proven();
    if (!point.delta.proven() || !point.delta.current(at)) continue;
    current = true;
    active += point.share_seconds;
    weighted += point.share_seconds * point.hertz;
  }
  if (has_clocks_ && current && active > 0) {
    const double hertz = weighted / active;
    if (plausible::frequency(hertz, lowest_, highest_)) {
      pass.set(clock_series_, hertz);
    } else {
      pass.reject(plausible::kFrequencyRule);
    }
  }
  if (highest_ > 0) {
    pass.set(minimum_series_, lowest_);
    pass.set(maximum_series_, highest_);
    limit_line_.report(pass, SignalState::live);
  } else {
    limit_line_.report(pass, SignalState::absent, "no clock table");
  }
  const auto report = [&](SignalLine& line) {
    if (!proven) return line.report(pass, SignalState::unproven, "has not moved yet");
    if (!current) return line.report(pass, SignalState::stale, "no publication");
    line.report(pass, SignalState::live);
  };
  if (points_.empty()) {
    residency_line_.report(pass, SignalState::absent, "chip does not publish it");
  } else {
    report(residency_line_);
  }
  if (has_clocks_) {
    report(clock_line_);
  } else {
    clock_line_.report(pass, SignalState::absent, problem_);
  }
}

void PointDomain::set_residencies(Pass& pass) {
  for (Point& point : points_) {
    if (point.delta.proven()) pass.set(point.series, point.seconds);
  }
}

void PointDomain::report_lost(Pass& pass, SignalState state, const char* reason) {
  if (points_.empty()) return;
  clock_line_.report(pass, state, reason);
  residency_line_.report(pass, state, reason);
}

}  // namespace anemon
