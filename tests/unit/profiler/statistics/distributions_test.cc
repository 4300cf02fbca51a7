#include "profiler/statistics/distributions.h"

#include <cmath>
#include <cstdint>
#include <limits>
#include <numbers>
#include <numeric>

#include "core/error.h"
#include "tests/catch.h"

namespace anemon::profiler {
namespace {

// U of every way to draw which n of n + m ranks belong to b.
std::vector<double> enumerated_rank_sum(size_t n, size_t m) {
  std::vector<double> counts(n * m + 1, 0.0);
  double all = 0;
  for (uint32_t set = 0; set < (1U << (n + m)); ++set) {
    if (static_cast<size_t>(__builtin_popcount(set)) != n) continue;
    size_t u = 0;
    for (size_t i = 0; i < n + m; ++i) {
      for (size_t j = 0; j < i; ++j) u += (set >> i & 1U) && !(set >> j & 1U);
    }
    ++counts[u];
    ++all;
  }
  for (double& count : counts) count /= all;
  return counts;
}

std::vector<double> enumerated_signed_rank(size_t n) {
  std::vector<double> counts(n * (n + 1) / 2 + 1, 0.0);
  for (uint32_t set = 0; set < (1U << n); ++set) {
    size_t w = 0;
    for (size_t i = 0; i < n; ++i) w += (set >> i & 1U) * (i + 1);
    counts[w] += 1.0 / (1U << n);
  }
  return counts;
}

void check_equal(const std::vector<double>& got, const std::vector<double>& expected) {
  REQUIRE(got.size() == expected.size());
  for (size_t i = 0; i < got.size(); ++i) {
    INFO("at " << i);
    CHECK(got[i] == Approx(expected[i]).epsilon(1e-12));
  }
}

TEST_CASE("the normal distribution is that of the tables") {
  CHECK(normal_cdf(0) == 0.5);
  CHECK(normal_cdf(1.959963984540054) == Approx(0.975).epsilon(1e-14));
  CHECK(normal_cdf(-8) == Approx(6.220960574271784e-16).epsilon(1e-10));
  CHECK(normal_quantile(0.975) == Approx(1.959963984540054).epsilon(1e-12));
  CHECK(normal_quantile(0.01) == Approx(-2.326347874040841).epsilon(1e-12));
  CHECK(normal_quantile(0.5) == Approx(0).margin(1e-12));
}

TEST_CASE(
    "Student's t has its closed forms at one and two degrees of freedom and is normal at many") {
  for (double p : {0.001, 0.025, 0.3, 0.6, 0.975, 0.9999}) {
    INFO("p " << p);
    CHECK(student_quantile(p, 1) == Approx(std::tan(std::numbers::pi * (p - 0.5))).epsilon(1e-9));
    const double x = 2 * p - 1;
    CHECK(student_quantile(p, 2) == Approx(x * std::sqrt(2 / (1 - x * x))).epsilon(1e-9));
    CHECK(student_quantile(p, 1e9) == Approx(normal_quantile(p)).epsilon(1e-6));
    CHECK(student_cdf(student_quantile(p, 7.5), 7.5) == Approx(p).epsilon(1e-10));
  }
  CHECK(student_quantile(0.975, 10) == Approx(2.228138851986).epsilon(1e-10));
  CHECK(student_quantile(0.975, 30) == Approx(2.042272456301).epsilon(1e-10));
  CHECK(student_quantile(0.5, 3) == 0);
}

TEST_CASE("quantiles of what is no probability are refused") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (double p : {0.0, 1.0, -0.5, 2.0, nan}) {
    CHECK_THROWS_AS(normal_quantile(p), Error);
    CHECK_THROWS_AS(student_quantile(p, 3), Error);
    CHECK_THROWS_AS(binomial(10, p), Error);
  }
  CHECK_THROWS_AS(student_quantile(0.9, 0), Error);
  CHECK_THROWS_AS(student_quantile(0.9, nan), Error);
}

TEST_CASE("binomial probabilities are those of Pascal's triangle") {
  for (size_t n : {0, 1, 7, 40}) {
    for (double p : {0.5, 0.9, 0.01}) {
      std::vector<double> row = {1};
      for (size_t i = 0; i < n; ++i) {
        std::vector<double> next(row.size() + 1, 0.0);
        for (size_t k = 0; k < row.size(); ++k) {
          next[k] += row[k] * (1 - p);
          next[k + 1] += row[k] * p;
        }
        row = next;
      }
      const BinomialWindow window = binomial(n, p);
      double all = 0;
      for (size_t k = 0; k <= n; ++k) {
        INFO("n " << n << " p " << p << " k " << k);
        const bool inside = k >= window.first && k < window.first + window.probabilities.size();
        CHECK((inside ? window.probabilities[k - window.first] : 0) ==
              Approx(row[k]).epsilon(1e-11).margin(1e-19));
        if (inside) all += row[k];
      }
      CHECK(all == Approx(1).epsilon(1e-12));
    }
  }
}

TEST_CASE("a binomial distribution of very many is cut to what matters") {
  const BinomialWindow window = binomial(1'000'000'000, 0.99);
  CHECK(window.probabilities.size() < 100'000);
  const double mean = std::inner_product(
      window.probabilities.begin(), window.probabilities.end(),
      [&] {
        std::vector<double> counts(window.probabilities.size());
        std::iota(counts.begin(), counts.end(), static_cast<double>(window.first));
        return counts;
      }()
          .begin(),
      0.0);
  CHECK(mean == Approx(990'000'000).epsilon(1e-9));
}

TEST_CASE("the distribution of rank sums is that of all ways to draw the ranks") {
  for (size_t n = 1; n <= 6; ++n) {
    for (size_t m = 1; m <= 6; ++m) {
      INFO(n << " and " << m);
      check_equal(rank_sum_distribution(n, m), enumerated_rank_sum(n, m));
    }
  }
  CHECK_THROWS_AS(rank_sum_distribution(26, 25), Error);
}

TEST_CASE("the distribution of signed ranks is that of all ways to set the signs") {
  for (size_t n = 0; n <= 12; ++n)
    check_equal(signed_rank_distribution(n), enumerated_signed_rank(n));
  CHECK_THROWS_AS(signed_rank_distribution(201), Error);
}

TEST_CASE("tail ranks are one above the critical values that textbooks tabulate") {
  // Mann-Whitney U, two-sided 5 %: the largest U that is significant.
  const auto critical_u = [](size_t n, size_t m) {
    return tail_rank(rank_sum_distribution(n, m), 0.025) - 1;
  };
  CHECK(critical_u(4, 4) == 0);
  CHECK(critical_u(5, 5) == 2);
  CHECK(critical_u(8, 10) == 17);
  CHECK(critical_u(10, 10) == 23);
  CHECK(critical_u(20, 20) == 127);
  CHECK(tail_rank(rank_sum_distribution(3, 3), 0.025) == 0);
  // Wilcoxon's T, two-sided 5 %.
  const auto critical_t = [](size_t n) {
    return tail_rank(signed_rank_distribution(n), 0.025) - 1;
  };
  CHECK(critical_t(6) == 0);
  CHECK(critical_t(10) == 8);
  CHECK(critical_t(20) == 52);
  CHECK(critical_t(25) == 89);
  CHECK(tail_rank(signed_rank_distribution(5), 0.025) == 0);
}

}  // namespace
}  // namespace anemon::profiler
