#include "profiler/statistics/shift.h"

#include <algorithm>
#include <bit>
#include <cmath>
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

// The k-th smallest, from 1, of values from low to high of which `count_up_to(x)` are not above x.
template <class Count>
double kth_smallest(double low, double high, uint64_t k, const Count& count_up_to) {
  uint64_t from = ordinal(low), to = ordinal(high);
  while (from < to) {
    const uint64_t mid = from + (to - from) / 2;
    if (count_up_to(from_ordinal(mid)) >= k) {
      to = mid;
    } else {
      from = mid + 1;
    }
  }
  return from_ordinal(to);
}

// `at(k)` is the k-th smallest of `count` values, from 1; `rank` is what the interval leaves out
// and one more.
template <class At>
Shift from_order_statistics(uint64_t count, uint64_t rank, const At& at) {
  Shift shift;
  const double lower = at((count + 1) / 2);
  shift.estimate = count % 2 == 1 ? lower : lower / 2 + at(count / 2 + 1) / 2;
  if (rank >= 1) shift.interval = Interval{at(rank), at(count + 1 - rank)};
  return shift;
}

uint64_t normal_rank(double mean, double variance) {
  const double rank = std::floor(mean + 0.5 + normal_quantile(kTail) * std::sqrt(variance));
  return rank < 1 ? 0 : static_cast<uint64_t>(rank);
}

void require_in_range(double low, double high) {
  if (std::isfinite(high - low)) return;
  throw Error("no shift: the values lie too far apart for a double");
}

}  // namespace

Shift shift_between(std::span<const double> a, std::span<const double> b) {
  const std::vector<double> first = sorted(a, "the first sample");
  const std::vector<double> second = sorted(b, "the second sample");
  if (first.empty() || second.empty()) throw Error("no shift: a sample is empty");
  const double low = second.front() - first.back();
  const double high = second.back() - first.front();
  require_in_range(low, high);
  const auto count_up_to = [&](double x) {
    // As a rises, more of b lie within reach. Rounded differences are in order as well.
    uint64_t count = 0;
    size_t within = 0;
    for (double value : first) {
      while (within < second.size() && second[within] - value <= x) ++within;
      count += within;
    }
    return count;
  };
  const uint64_t n = first.size(), m = second.size();
  const auto pairs = static_cast<double>(n * m);
  const uint64_t rank = std::max(n, m) <= kMostExact
                            ? tail_rank(rank_sum_distribution(n, m), kTail)
                            : normal_rank(pairs / 2, pairs * static_cast<double>(n + m + 1) / 12);
  return from_order_statistics(n * m, rank,
                               [&](uint64_t k) { return kth_smallest(low, high, k, count_up_to); });
}

Shift shift_of(std::span<const double> differences) {
  const std::vector<double> values = sorted(differences, "the sample of differences");
  if (values.empty()) throw Error("no shift: the sample is empty");
  require_in_range(values.front(), values.back());
  const auto mean = [](double x, double y) { return x / 2 + y / 2; };
  const auto count_up_to = [&](double x) {
    // As the smaller of a pair rises, fewer of the larger ones stay within reach.
    uint64_t count = 0;
    size_t end = values.size();
    for (size_t i = 0; i < end; ++i) {
      while (end > i && mean(values[i], values[end - 1]) > x) --end;
      count += end - i;
    }
    return count;
  };
  const uint64_t n = values.size();
  const auto size = static_cast<double>(n);
  const uint64_t rank =
      n <= kMostExactDifferences
          ? tail_rank(signed_rank_distribution(n), kTail)
          : normal_rank(size * (size + 1) / 4, size * (size + 1) * (2 * size + 1) / 24);
  return from_order_statistics(n * (n + 1) / 2, rank, [&](uint64_t k) {
    return kth_smallest(values.front(), values.back(), k, count_up_to);
  });
}

}  // namespace anemon::profiler
