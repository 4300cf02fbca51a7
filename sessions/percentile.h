// Percentiles by nearest rank: always one of the values, never one between two.
#pragma once

#include <vector>

#include "core/clock.h"

namespace anemon {

struct WeightedValue {
  double value;
  double weight;  // above zero
};

// Sorts once, answers often.
class Percentiles {
 public:
  explicit Percentiles(std::vector<WeightedValue> values);

  bool empty() const noexcept { return values_.empty(); }
  // The least value such that at least `share` (above 0, up to 1) of the weight is at or below it.
  // There must be a value.
  double at(double share) const;
  double max() const { return values_.back().value; }
  double mean() const;

 private:
  std::vector<WeightedValue> values_;  // ascending; the weight is that of all up to it
  double mean_ = 0;
};

// The same of many durations of equal weight, in 8 bytes for each.
class DurationPercentiles {
 public:
  void add(Duration value) { values_.push_back(value); }
  void sort();  // after the last `add`, before the first question

  size_t count() const noexcept { return values_.size(); }
  // There must be a value.
  Duration at(double share) const;
  Duration max() const { return values_.back(); }
  double mean_seconds() const;

 private:
  std::vector<Duration> values_;
};

}  // namespace anemon
