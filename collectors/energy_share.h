// How the energy of a component is shared among the inferences that ran on it. Pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/clock.h"

namespace anemon {

// An energy counter over wall time, read between its samples as a straight line.
class EnergyCurve {
 public:
  // `at` later than any before, else the earlier samples are forgotten. Not `joined`: nothing is
  // known about the time since the last sample (a reset, a sleep, a gap).
  void add(Duration at, double joules, bool joined);

  // Energy from `from` to `to`; unset when the samples do not cover all of it.
  std::optional<double> between(Duration from, Duration to) const;

  bool empty() const noexcept { return samples_.empty(); }

 private:
  struct Sample {
    Duration at;
    double joules;
    uint32_t breaks;  // places before it where samples are not joined
  };
  // The sample that begins the segment that ends at or after `at`.
  size_t segment(Duration at) const;
  double at(size_t segment, Duration at) const;

  std::vector<Sample> samples_;
};

struct ModelSpan {
  uint32_t model;
  Duration begin, end;  // wall
};

// The energy of each span: at every instant, all spans that run take equal parts. Unset for a span
// that the curve does not cover whole. The spans' energies sum to that of their union.
std::vector<std::optional<double>> share_energy(std::span<const ModelSpan> spans,
                                                const EnergyCurve& curve);

}  // namespace anemon
