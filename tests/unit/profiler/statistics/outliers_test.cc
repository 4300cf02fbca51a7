#include "profiler/statistics/outliers.h"

#include "core/error.h"
#include "tests/catch.h"
#include "tests/unit/profiler/statistics/hostile.h"
#include "tests/unit/profiler/statistics/noise.h"

namespace anemon::profiler {
namespace {

// Latencies about 1, of which those at `indices` take 5.
std::vector<double> with_slow(size_t n, const std::vector<size_t>& indices) {
  Noise noise(6);
  std::vector<double> values = noise.normals(n, 1, 0.01);
  for (size_t index : indices) values.at(index) = 5;
  return values;
}

TEST_CASE("noise has no outliers") {
  const Outliers outliers = find_outliers(with_slow(10'000, {}));
  CHECK(outliers.values.empty());
  CHECK(outliers.pattern == OutlierPattern::none);
  CHECK(outliers.words.empty());
}

TEST_CASE("an outlier is more than 14.826 median absolute deviations away, on either side") {
  // Median 10, distances 0, 1, 1, 2, 2, so the MAD is 1 in whatever the two at the ends are.
  const auto score_of_last = [](double last) {
    return find_outliers(std::vector<double>{8, 9, 10, 11, 12, 10 - 1, 10 + 1, 10, last});
  };
  CHECK(score_of_last(10 + 14.8).values.empty());
  const Outliers above = score_of_last(10 + 14.9);
  REQUIRE(above.values.size() == 1);
  CHECK(above.values[0].index == 8);
  CHECK(above.values[0].value == 24.9);
  CHECK(above.values[0].score == Approx(14.9));
  const Outliers below = score_of_last(10 - 14.9);
  REQUIRE(below.values.size() == 1);
  CHECK(below.values[0].score == Approx(-14.9));
}

TEST_CASE("outliers are told apart by where they are") {
  struct Case {
    std::vector<size_t> slow;
    OutlierPattern pattern;
    const char* words;
  };
  const std::vector<Case> cases = {
      {{0}, OutlierPattern::first, "the first run"},
      {{0, 1, 2}, OutlierPattern::first, "the first 3 runs"},
      {{41}, OutlierPattern::scattered, "run 42"},
      {{119, 120, 121}, OutlierPattern::clustered, "3 in a row at 120"},
      {{0, 119, 120}, OutlierPattern::scattered, "the first run and 2 in a row at 120"},
      {{9, 59, 109, 159}, OutlierPattern::periodic, "one every 50 runs, from run 10"},
      {{0, 9, 59, 109, 160},
       OutlierPattern::periodic,
       "the first run and one every 50 runs, from run 10"},
      {{0, 50, 100, 150}, OutlierPattern::periodic, "one every 50 runs, from run 1"},
      {{9, 10, 59, 60, 109, 110}, OutlierPattern::periodic, "some every 50 runs, from run 10"},
      {{9, 20, 150}, OutlierPattern::scattered, "run 10, run 21 and run 151"},
      {{9, 20, 25, 150, 190}, OutlierPattern::scattered, "5 of 200 runs"},
  };
  for (const Case& c : cases) {
    INFO(c.words);
    const Outliers outliers = find_outliers(with_slow(200, c.slow));
    REQUIRE(outliers.values.size() == c.slow.size());
    for (size_t i = 0; i < c.slow.size(); ++i) CHECK(outliers.values[i].index == c.slow[i]);
    CHECK(outliers.pattern == c.pattern);
    CHECK(outliers.words == c.words);
  }
}

TEST_CASE("where most values are equal the mean distance stands in for the median one") {
  std::vector<double> coarse(200, 1.0);  // a clock of whole milliseconds
  for (size_t i = 0; i < 40; ++i) coarse[i * 5] = 2;
  CHECK(find_outliers(coarse).values.empty());
  coarse[100] = 50;
  const Outliers outliers = find_outliers(coarse);
  CHECK(outliers.mad > 0);
  REQUIRE(outliers.values.size() == 1);
  CHECK(outliers.values[0].index == 100);
}

TEST_CASE("equal values, two values and one value have no outliers") {
  CHECK(find_outliers(std::vector<double>(100, 3.0)).values.empty());
  CHECK(find_outliers(std::vector<double>{1, 100}).values.empty());
  CHECK(find_outliers(std::vector<double>{1}).values.empty());
  CHECK_THROWS_AS(find_outliers({}), Error);
  for (const auto& values : kNotFinite) CHECK_THROWS_AS(find_outliers(values), Error);
}

}  // namespace
}  // namespace anemon::profiler
