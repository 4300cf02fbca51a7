// Percentiles by nearest rank: always one of the values, never one between two.
#pragma once

#include <vector>

namespace anemon {

struct WeightedValue {
  double value;
  double weight;  // above zero
};

// Sorts once, answers often.
class Percentiles {
 public:
  explicit Percentiles(std::vector<WeightedValue> values);
  explicit Percentiles(const std::vector<double>& values);  // of equal weight

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

}  // namespace anemon
