#include "sessions/percentile.h"

#include <algorithm>
#include <utility>

namespace anemon {
namespace {

std::vector<WeightedValue> with_equal_weight(const std::vector<double>& values) {
  std::vector<WeightedValue> weighted;
  weighted.reserve(values.size());
  for (const double value : values) weighted.push_back({value, 1});
  return weighted;
}

}  // namespace

Percentiles::Percentiles(std::vector<WeightedValue> values) : values_(std::move(values)) {
  std::sort(values_.begin(), values_.end(),
            [](const auto& a, const auto& b) { return a.value < b.value; });
  double total = 0;
  double sum = 0;
  for (WeightedValue& value : values_) {
    sum += value.value * value.weight;
    total += value.weight;
    value.weight = total;
  }
  if (total > 0) mean_ = sum / total;
}

Percentiles::Percentiles(const std::vector<double>& values)
    : Percentiles(with_equal_weight(values)) {}

double Percentiles::at(double share) const {
  // A hair less than the rank, so that 0.95 of 20 values is the 19th although 0.95 * 20 > 19 in
  // binary.
  const double rank = share * values_.back().weight * (1 - 1e-12);
  const auto found = std::lower_bound(values_.begin(), values_.end(), rank,
                                      [](const auto& v, double r) { return v.weight < r; });
  return found == values_.end() ? values_.back().value : found->value;
}

double Percentiles::mean() const { return mean_; }

}  // namespace anemon
