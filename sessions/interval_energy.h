// How much of a cumulative energy series falls into intervals of time. Pure arithmetic.
#pragma once

#include <vector>

#include "sessions/sample_point.h"

namespace anemon {

struct Interval {
  SessionTime begins{}, ends{};
  bool operator==(const Interval&) const = default;
};

inline bool overlap(const Interval& a, const Interval& b) {
  return a.begins < b.ends && b.begins < a.ends;
}

// Sorted and merged where they touch or overlap.
std::vector<Interval> united(std::vector<Interval> intervals);
SessionTime total(const std::vector<Interval>& disjoint);

struct EnergyShare {
  double joules = 0;
  SessionTime covered{};  // how much of the intervals lies between points
};
// What of `energy` (a counter's points) falls within `intervals` (united), linear between points.
EnergyShare energy_within(const SamplePoints& energy, const std::vector<Interval>& intervals);

}  // namespace anemon
