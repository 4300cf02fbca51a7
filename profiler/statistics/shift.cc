#include "profiler/statistics/shift.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/error.h"
#include "profiler/statistics/distributions.h"

namespace anemon::profiler {
namespace {

constexpr double kTail = (1 - kConfidence) / 2;
constexpr size_t kMostExact = 20;
constexpr size_t kMostExactDifferences = 100;

// Doubles in their order as integers, so that bisection ends at a neighbour after 64 steps.
constexpr uint64_t kSign = uint64_t{1} << 63;

uint64_t ordinal(double value) {
  const auto bits = std::bit_cast<uint64_t>(value == 0 ? 0.0 : value);
  return bits & kSign ? ~bits : bits | kSign;
}

double from_ordinal(uint64_t order) {
  return std::bit_cast<double>(order & kSign ? order & ~kSign : ~order);
}

// All differences of two samples in ascending order, never listed. Rounding keeps them in order.
struct Differences {
  const std::vector<double>& first;
  const std::vector<double>& second;

  double lowest() const { return second.front() - first.back(); }
  double highest() const { return second.back() - first.front(); }
  uint64_t count() const { return uint64_t{first.size()} * second.size(); }
  uint64_t few() const { return first.size() + second.size(); }

  uint64_t count_up_to(double x) const {
    // As the first rises, more of the second lie within reach.
    uint64_t count = 0;
    size_t within = 0;
    for (double value : first) {
      while (within < second.size() && second[within] - value <= x) ++within;
      count += within;
    }
    return count;
  }

  template <class Take>
  void between(double low, double high, const Take& take) const {
    size_t from = 0;
    for (double value : first) {
      while (from < second.size() && second[from] - value < low) ++from;
      for (size_t i = from; i < second.size() && second[i] - value <= high; ++i) {
        take(second[i] - value);
      }
    }
  }
};

// The means of all pairs of a sample, each value with itself as well.
struct PairMeans {
  const std::vector<double>& values;

  static double mean(double x, double y) { return (x + y) / 2; }
  double lowest() const { return values.front(); }
  double highest() const { return values.back(); }
  uint64_t count() const { return uint64_t{values.size()} * (values.size() + 1) / 2; }
  uint64_t few() const { return values.size(); }

  uint64_t count_up_to(double x) const {
    // As the smaller of a pair rises, fewer of the larger ones stay within reach.
    uint64_t count = 0;
    size_t end = values.size();
    for (size_t i = 0; i < end; ++i) {
      while (end > i && mean(values[i], values[end - 1]) > x) --end;
      count += end - i;
    }
    return count;
  }

  template <class Take>
  void between(double low, double high, const Take& take) const {
    size_t from = values.size();
    for (size_t i = 0; i < values.size(); ++i) {
      while (from > 0 && mean(values[i], values[from - 1]) >= low) --from;
      for (size_t j = std::max(i, from); j < values.size(); ++j) {
        const double value = mean(values[i], values[j]);
        if (value > high) break;
        take(value);
      }
    }
  }
};

// The k-th smallest of the pairs, from 1. The bracket shrinks until few enough lie in it to list
// them: by guesses a little below and above where the k-th ought to be, which is fast on smooth
// samples, and by halves, which bounds the steps on all others.
template <class Pairs>
double kth_smallest(const Pairs& pairs, uint64_t k) {
  uint64_t from = ordinal(pairs.lowest()), to = ordinal(pairs.highest());
  uint64_t below = 0, up_to = pairs.count();
  for (unsigned step = 0; from < to && up_to - below > pairs.few(); ++step) {
    uint64_t at = from + (to - from) / 2;
    if (step % 3 != 2) {
      const double aside = static_cast<double>(pairs.few()) / (step % 3 == 0 ? -4 : 4);
      const double share =
          (static_cast<double>(k - below) + aside) / static_cast<double>(up_to - below);
      const double low = from_ordinal(from), high = from_ordinal(to);
      at = std::clamp(ordinal(low + (high - low) * share), from, to - 1);
    }
    const uint64_t count = pairs.count_up_to(from_ordinal(at));
    if (count >= k) {
      to = at;
      up_to = count;
    } else {
      from = at + 1;
      below = count;
    }
  }
  if (from == to) return from_ordinal(to);
  std::vector<double> candidates;
  pairs.between(from_ordinal(from), from_ordinal(to), [&](double v) { candidates.push_back(v); });
  const auto kth = candidates.begin() + static_cast<std::ptrdiff_t>(k - below - 1);
  std::nth_element(candidates.begin(), kth, candidates.end());
  return *kth;
}

// `rank` is that of the interval's ends from either side; 0 for none.
template <class Pairs>
Shift from_order_statistics(const Pairs& pairs, uint64_t rank) {
  Shift shift;
  const uint64_t count = pairs.count();
  const double lower = kth_smallest(pairs, (count + 1) / 2);
  shift.estimate = count % 2 == 1 ? lower : (lower + kth_smallest(pairs, count / 2 + 1)) / 2;
  if (rank >= 1) {
    shift.interval = Interval{kth_smallest(pairs, rank), kth_smallest(pairs, count + 1 - rank)};
  }
  return shift;
}

uint64_t normal_rank(double mean, double variance) {
  const double rank = std::floor(mean + 0.5 + normal_quantile(kTail) * std::sqrt(variance));
  return rank < 1 ? 0 : static_cast<uint64_t>(rank);
}

}  // namespace

Shift shift_between(std::span<const double> a, std::span<const double> b) {
  const std::vector<double> first = sorted(a, "the first sample");
  const std::vector<double> second = sorted(b, "the second sample");
  if (first.empty() || second.empty()) throw Error("no shift: a sample is empty");
  const uint64_t n = first.size(), m = second.size();
  const auto pairs = static_cast<double>(n * m);
  const uint64_t rank = std::max(n, m) <= kMostExact
                            ? tail_rank(rank_sum_distribution(n, m), kTail)
                            : normal_rank(pairs / 2, pairs * static_cast<double>(n + m + 1) / 12);
  return from_order_statistics(Differences{first, second}, rank);
}

Shift shift_of(std::span<const double> differences) {
  const std::vector<double> values = sorted(differences, "the sample of differences");
  if (values.empty()) throw Error("no shift: the sample is empty");
  const uint64_t n = values.size();
  const auto size = static_cast<double>(n);
  const uint64_t rank =
      n <= kMostExactDifferences
          ? tail_rank(signed_rank_distribution(n), kTail)
          : normal_rank(size * (size + 1) / 4, size * (size + 1) * (2 * size + 1) / 24);
  return from_order_statistics(PairMeans{values}, rank);
}

}  // namespace anemon::profiler
