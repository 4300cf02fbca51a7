#include "sessions/percentile.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace anemon {
namespace {

// A hair less than the rank, so that 0.95 of 20 values is the 19th although 0.95 * 20 > 19 in
// binary.
double rank_of(double share, double total) { return share * total * (1 - 1e-12); }

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

double Percentiles::at(double share) const {
  const double rank = rank_of(share, values_.back().weight);
  const auto found = std::lower_bound(values_.begin(), values_.end(), rank,
                                      [](const auto& v, double r) { return v.weight < r; });
  return found == values_.end() ? values_.back().value : found->value;
}

double Percentiles::mean() const { return mean_; }

void DurationPercentiles::sort() { std::sort(values_.begin(), values_.end()); }

Duration DurationPercentiles::at(double share) const {
  const double rank = std::ceil(rank_of(share, static_cast<double>(values_.size())));
  return values_[std::min(static_cast<size_t>(std::max(rank, 1.0)), values_.size()) - 1];
}

double DurationPercentiles::mean_seconds() const {
  double sum = 0;
  for (const Duration value : values_) sum += to_seconds(value);
  return sum / static_cast<double>(values_.size());
}

}  // namespace anemon
