#include "profiler/statistics/rank_tests.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "core/error.h"
#include "tests/catch.h"
#include "tests/unit/profiler/statistics/hostile.h"
#include "tests/unit/profiler/statistics/noise.h"

namespace anemon::profiler {
namespace {

double pairs_above(const std::vector<double>& a, const std::vector<double>& b) {
  double u = 0;
  for (double x : a) {
    for (double y : b) u += y > x ? 1 : y == x ? 0.5 : 0;
  }
  return u;
}

// The share of all ways to label the pooled values whose U is at least as far from the middle.
double permutation_p_value(const std::vector<double>& a, const std::vector<double>& b) {
  std::vector<double> pooled = a;
  pooled.insert(pooled.end(), b.begin(), b.end());
  const double middle = static_cast<double>(a.size() * b.size()) / 2;
  const double seen = std::abs(pairs_above(a, b) - middle);
  double as_far = 0, all = 0;
  for (uint32_t set = 0; set < (1U << pooled.size()); ++set) {
    std::vector<double> x, y;
    for (size_t i = 0; i < pooled.size(); ++i) (set >> i & 1U ? x : y).push_back(pooled[i]);
    if (x.size() != a.size()) continue;
    as_far += std::abs(pairs_above(x, y) - middle) >= seen - 1e-9;
    ++all;
  }
  return as_far / all;
}

double sign_flip_p_value(const std::vector<double>& differences) {
  std::vector<size_t> order(differences.size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::sort(order.begin(), order.end(), [&](size_t x, size_t y) {
    return std::abs(differences[x]) < std::abs(differences[y]);
  });
  const size_t n = order.size();
  const double middle = static_cast<double>(n * (n + 1)) / 4;
  double seen = 0;
  for (size_t i = 0; i < n; ++i) seen += differences[order[i]] > 0 ? static_cast<double>(i + 1) : 0;
  double as_far = 0;
  for (uint32_t set = 0; set < (1U << n); ++set) {
    double w = 0;
    for (size_t i = 0; i < n; ++i) w += (set >> i & 1U) * static_cast<double>(i + 1);
    as_far += std::abs(w - middle) >= std::abs(seen - middle) - 1e-9;
  }
  return as_far / (1U << n);
}

TEST_CASE("Mann and Whitney's test without ties is that of all permutations") {
  Noise noise(20);
  for (size_t n = 1; n <= 6; ++n) {
    for (size_t m = 1; m <= 6; ++m) {
      const std::vector<double> a = noise.normals(n);
      const std::vector<double> b = noise.normals(m, 1);
      const MannWhitney test = mann_whitney(a, b);
      INFO(n << " and " << m);
      CHECK(test.exact);
      CHECK(test.statistic == pairs_above(a, b));
      CHECK(test.p_value == Approx(permutation_p_value(a, b)));
    }
  }
}

TEST_CASE("Mann and Whitney's test with ties is near that of all permutations") {
  Noise noise(21);
  for (int run = 0; run < 10; ++run) {
    std::vector<double> a = noise.normals(7), b = noise.normals(7, 0.5);
    for (double& value : a) value = std::round(value * 2);
    for (double& value : b) value = std::round(value * 2);
    const MannWhitney test = mann_whitney(a, b);
    CHECK_FALSE(test.exact);
    CHECK(test.statistic == pairs_above(a, b));
    CHECK(test.p_value == Approx(permutation_p_value(a, b)).margin(0.06));
  }
}

TEST_CASE("the normal approximation corrects its variance for ties") {
  // By hand: U = 5 * 5 * 0.5 + ... of 1 1 1 2 2 against 1 2 2 2 2: 17.5; ties of 4 and 6, so the
  // variance is 25 / 12 * (11 - (60 + 210) / 90) = 16.667 and z = (5 - 0.5) / 4.0825 = 1.10227.
  const MannWhitney test =
      mann_whitney(std::vector<double>{1, 1, 1, 2, 2}, std::vector<double>{1, 2, 2, 2, 2});
  CHECK(test.statistic == 17.5);
  CHECK(test.p_value == Approx(std::erfc(1.1022703842524302 / std::sqrt(2.0))));
}

TEST_CASE("Cliff's delta goes from all below to all above") {
  const std::vector<double> low = {1, 2, 3}, high = {4, 5, 6};
  CHECK(mann_whitney(low, high).cliffs_delta == 1);
  CHECK(mann_whitney(high, low).cliffs_delta == -1);
  CHECK(mann_whitney(low, low).cliffs_delta == 0);
  CHECK(mann_whitney(std::vector<double>{1, 3}, std::vector<double>{2}).cliffs_delta == 0);
}

TEST_CASE("exact and approximate p-values meet at twenty values") {
  Noise noise(22);
  for (int run = 0; run < 20; ++run) {
    const std::vector<double> a = noise.normals(20);
    std::vector<double> b = noise.normals(20, 0.5);
    const MannWhitney exact = mann_whitney(a, b);
    b.push_back(0.25);  // near the middle: changes little but the method
    const MannWhitney normal = mann_whitney(a, b);
    CHECK(exact.exact);
    CHECK_FALSE(normal.exact);
    CHECK(normal.p_value == Approx(exact.p_value).margin(0.05));
  }
}

TEST_CASE("tests of samples that do not differ reject as often as they say") {
  Noise noise(23);
  for (size_t n : {10, 40}) {
    int ranks = 0, signs = 0;
    constexpr int kRuns = 2000;
    for (int run = 0; run < kRuns; ++run) {
      ranks += mann_whitney(noise.latencies(n), noise.latencies(n)).p_value < 0.05;
      signs += signed_rank(noise.normals(n)).p_value < 0.05;
    }
    CHECK(ranks > 0.035 * kRuns);
    CHECK(ranks < 0.065 * kRuns);
    CHECK(signs > 0.035 * kRuns);
    CHECK(signs < 0.065 * kRuns);
  }
}

TEST_CASE("Wilcoxon's signed-rank test without ties is that of all signs") {
  Noise noise(24);
  for (size_t n = 1; n <= 12; ++n) {
    const std::vector<double> differences = noise.normals(n, 0.5);
    const RankTest test = signed_rank(differences);
    CHECK(test.exact);
    CHECK(test.p_value == Approx(sign_flip_p_value(differences)));
  }
}

TEST_CASE("the signed-rank test leaves out zeros and shares the ranks of ties") {
  CHECK(signed_rank(std::vector<double>{0, 0, 1, 2, 3}).p_value ==
        signed_rank(std::vector<double>{1, 2, 3}).p_value);
  CHECK(signed_rank(std::vector<double>{0, 0}).p_value == 1);
  // Ranks 1.5, 1.5, 3.5, 3.5; by hand the variance is (4 * 5 * 9 - 12 / 2) / 24 = 7.25.
  const RankTest test = signed_rank(std::vector<double>{1, -1, 2, 2});
  CHECK(test.statistic == 8.5);
  CHECK(test.p_value == Approx(std::erfc(3.0 / std::sqrt(7.25) / std::sqrt(2.0))));
}

TEST_CASE("equal samples, one value each and very many are tested") {
  CHECK(mann_whitney(std::vector<double>(30, 1.0), std::vector<double>(30, 1.0)).p_value == 1);
  CHECK(mann_whitney(std::vector<double>{1}, std::vector<double>{2}).p_value == 1);
  Noise noise(25);
  const MannWhitney test = mann_whitney(noise.normals(50'000), noise.normals(50'000, 0.03));
  CHECK(test.p_value < 0.05);
  CHECK(test.cliffs_delta == Approx(0.0169).margin(0.01));
}

TEST_CASE("empty samples and values that are not finite are not tested") {
  const std::vector<double> good = {1, 2, 3};
  CHECK_THROWS_AS(mann_whitney({}, good), Error);
  CHECK_THROWS_AS(mann_whitney(good, {}), Error);
  CHECK_THROWS_AS(signed_rank({}), Error);
  for (const auto& values : kNotFinite) {
    CHECK_THROWS_AS(mann_whitney(good, values), Error);
    CHECK_THROWS_AS(mann_whitney(values, good), Error);
    CHECK_THROWS_AS(signed_rank(values), Error);
  }
}

}  // namespace
}  // namespace anemon::profiler
