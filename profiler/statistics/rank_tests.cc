#include "profiler/statistics/rank_tests.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/error.h"
#include "profiler/statistics/distributions.h"
#include "profiler/statistics/sample.h"

namespace anemon::profiler {
namespace {

constexpr size_t kMostExact = 20;
constexpr size_t kMostExactDifferences = 100;

struct Ranked {
  double value;
  bool counted;  // its rank goes into the sum
};

struct RankSum {
  double sum = 0;
  double ties = 0;  // sum of t^3 - t over the groups of equal values
};

// Ranks from 1, equal values sharing their mean rank.
RankSum rank_sum(std::vector<Ranked>& values) {
  std::sort(values.begin(), values.end(),
            [](const Ranked& a, const Ranked& b) { return a.value < b.value; });
  RankSum result;
  for (size_t i = 0; i < values.size();) {
    size_t end = i;
    double counted = 0;
    for (; end < values.size() && values[end].value == values[i].value; ++end) {
      counted += values[end].counted;
    }
    result.sum += counted * (static_cast<double>(i + end + 1) / 2);
    const auto t = static_cast<double>(end - i);
    result.ties += t * t * t - t;
    i = end;
  }
  return result;
}

double exact_p_value(const std::vector<double>& distribution, double statistic) {
  // Both distributions are symmetric: the tail beyond the statistic's nearer end, twice.
  const auto end = static_cast<double>(distribution.size() - 1);
  const auto last = static_cast<size_t>(std::min(statistic, end - statistic));
  double tail = 0;
  for (size_t i = 0; i <= last; ++i) tail += distribution[i];
  return std::min(1.0, 2 * tail);
}

double normal_p_value(double from_mean, double variance) {
  if (!(variance > 0)) return 1;
  const double z = std::max(0.0, std::abs(from_mean) - 0.5) / std::sqrt(variance);
  return 2 * normal_cdf(-z);
}

void require_some(std::span<const double> values, const char* what) {
  if (values.empty()) throw Error(std::string("no test: ") + what + " is empty");
  require_finite(values, what);
}

}  // namespace

MannWhitney mann_whitney(std::span<const double> a, std::span<const double> b) {
  require_some(a, "the first sample");
  require_some(b, "the second sample");
  std::vector<Ranked> pooled;
  pooled.reserve(a.size() + b.size());
  for (double value : a) pooled.push_back({value, false});
  for (double value : b) pooled.push_back({value, true});
  const RankSum ranks = rank_sum(pooled);

  const auto n = static_cast<double>(a.size());
  const auto m = static_cast<double>(b.size());
  MannWhitney test;
  test.statistic = ranks.sum - m * (m + 1) / 2;
  test.cliffs_delta = 2 * test.statistic / (n * m) - 1;
  test.exact = ranks.ties == 0 && std::max(a.size(), b.size()) <= kMostExact;
  if (test.exact) {
    test.p_value = exact_p_value(rank_sum_distribution(a.size(), b.size()), test.statistic);
  } else {
    const double all = n + m;
    const double variance = n * m / 12 * (all + 1 - ranks.ties / (all * (all - 1)));
    test.p_value = normal_p_value(test.statistic - n * m / 2, variance);
  }
  return test;
}

RankTest signed_rank(std::span<const double> differences) {
  require_some(differences, "the sample of differences");
  std::vector<Ranked> sizes;
  for (double difference : differences) {
    if (difference != 0) sizes.push_back({std::abs(difference), difference > 0});
  }
  const RankSum ranks = rank_sum(sizes);
  const auto n = static_cast<double>(sizes.size());
  RankTest test;
  test.statistic = ranks.sum;
  test.exact = ranks.ties == 0 && sizes.size() <= kMostExactDifferences;
  if (test.exact) {
    test.p_value = exact_p_value(signed_rank_distribution(sizes.size()), test.statistic);
  } else {
    const double variance = (n * (n + 1) * (2 * n + 1) - ranks.ties / 2) / 24;
    test.p_value = normal_p_value(test.statistic - n * (n + 1) / 4, variance);
  }
  return test;
}

}  // namespace anemon::profiler
