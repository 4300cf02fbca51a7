#include "profiler/statistics/percentile.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "tests/catch.h"
#include "tests/unit/profiler/statistics/hostile.h"
#include "tests/unit/profiler/statistics/noise.h"

namespace anemon::profiler {
namespace {

// P(B = k) for Binomial(n, q), by Pascal's triangle.
std::vector<double> pascal(size_t n, double q) {
  std::vector<double> row(n + 1, 0.0);
  row[0] = 1;
  for (size_t i = 1; i <= n; ++i) {
    for (size_t k = i + 1; k-- > 0;) row[k] = row[k] * (1 - q) + (k > 0 ? row[k - 1] * q : 0);
  }
  return row;
}

// All pairs of ranks: the narrowest that cover 95 %, and of those the most probable.
std::optional<std::pair<size_t, double>> narrowest(size_t n, double q) {
  const std::vector<double> p = pascal(n, q);
  std::optional<std::pair<size_t, double>> best;
  for (size_t low = 1; low <= n; ++low) {
    double covered = 0;
    for (size_t high = low + 1; high <= n; ++high) {
      covered += p[high - 1];
      if (covered < 0.95) continue;
      const size_t width = high - low;
      if (!best || width < best->first || (width == best->first && covered > best->second)) {
        best = {width, covered};
      }
    }
  }
  return best;
}

TEST_CASE("percentiles take 8, 29, 59 and 299 samples") {
  CHECK(samples_needed(0.50) == 8);
  CHECK(samples_needed(0.90) == 29);
  CHECK(samples_needed(0.95) == 59);
  CHECK(samples_needed(0.99) == 299);
  CHECK(samples_needed(0.999) == 2995);
  CHECK(samples_needed(0.10) == 29);
  for (double q : {0.0, 1.0, -1.0, 99.0}) CHECK_THROWS_AS(samples_needed(q), Error);
}

TEST_CASE("a percentile is absent with one sample too few, and says how many it takes") {
  Noise noise(2);
  for (double q : kPercentiles) {
    const size_t needed = samples_needed(q);
    INFO("q " << q);
    const Percentile few = percentile(noise.normals(needed - 1), q);
    CHECK_FALSE(few.value);
    CHECK_FALSE(few.interval);
    CHECK(few.samples_needed == needed);
    const Percentile enough = percentile(noise.normals(needed), q);
    CHECK(enough.value);
    CHECK(enough.interval);
  }
  CHECK_FALSE(percentile({}, 0.5).value);
}

TEST_CASE("ranks of an interval are the narrowest that the binomial distribution allows") {
  for (double q : kPercentiles) {
    for (size_t n : {8, 9, 20, 29, 59, 100, 299, 300, 1000}) {
      INFO("q " << q << " n " << n);
      const auto ranks = quantile_ranks(n, q);
      REQUIRE(ranks.has_value() == (n >= samples_needed(q)));
      if (!ranks) continue;
      const auto expected = narrowest(n, q);
      REQUIRE(expected);
      CHECK(ranks->low >= 1);
      CHECK(ranks->high <= n);
      CHECK(ranks->high - ranks->low == expected->first);
      const std::vector<double> p = pascal(n, q);
      double covered = 0;
      for (size_t k = ranks->low; k < ranks->high; ++k) covered += p[k];
      CHECK(covered == Approx(expected->second).epsilon(1e-9));
    }
  }
}

TEST_CASE("a percentile is the smallest value that so large a share does not exceed") {
  std::vector<double> values(1000);
  for (size_t i = 0; i < values.size(); ++i) values[i] = static_cast<double>((i * 7919) % 1000 + 1);
  const std::vector<Percentile> all = percentiles(values);
  REQUIRE(all.size() == 4);
  CHECK(all[0].value == 500);
  CHECK(all[1].value == 900);
  CHECK(all[2].value == 950);
  CHECK(all[3].value == 990);
  for (const Percentile& p : all) CHECK(p.interval->holds(*p.value));
}

TEST_CASE("equal samples have an interval of no width") {
  for (const Percentile& p : percentiles(std::vector<double>(400, 2.5))) {
    CHECK(p.value == 2.5);
    CHECK(p.interval->low == 2.5);
    CHECK(p.interval->high == 2.5);
  }
}

TEST_CASE("intervals of percentiles hold the true one as often as they say") {
  Noise noise(3);
  for (const auto& [q, quantile] :
       {std::pair{0.5, 0.0}, {0.9, 1.2815515655446004}, {0.95, 1.6448536269514722}}) {
    int held = 0;
    constexpr int kRuns = 2000;
    for (int run = 0; run < kRuns; ++run) {
      const Percentile p = percentile(noise.normals(300), q);
      REQUIRE(p.interval);
      held += p.interval->holds(quantile);
    }
    INFO("q " << q);
    // At least 95 %, and a little more for ranks are whole; the error of 2000 runs is 0.5 %.
    CHECK(held >= 0.94 * kRuns);
    CHECK(held <= 0.985 * kRuns);
  }
}

TEST_CASE("intervals of the percentiles of an autocorrelated series hold the true one, too") {
  Noise noise(4);
  int held = 0;
  constexpr int kRuns = 400;
  for (int run = 0; run < kRuns; ++run) {
    const Percentile p = percentile(noise.autoregressive(500, 0.8), 0.5);
    CHECK(p.samples_needed > 8);
    held += p.interval && p.interval->holds(0);
  }
  CHECK(held >= 0.90 * kRuns);
  CHECK(held <= 0.99 * kRuns);
}

TEST_CASE("two hundred thousand samples have percentiles") {
  Noise noise(5);
  const Percentile p = percentile(noise.normals(200'000), 0.99);
  CHECK(p.interval->holds(2.3263478740408408));
  CHECK(p.interval->half_width() < 0.04);
}

TEST_CASE("percentiles of what is not finite are refused") {
  for (const auto& values : kNotFinite) CHECK_THROWS_AS(percentiles(values), Error);
}

}  // namespace
}  // namespace anemon::profiler
