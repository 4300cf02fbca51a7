#include "profiler/statistics/summary.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "profiler/statistics/sample.h"
#include "tests/catch.h"
#include "tests/unit/profiler/statistics/hostile.h"
#include "tests/unit/profiler/statistics/noise.h"

namespace anemon::profiler {
namespace {

TEST_CASE("a summary holds what a calculator says") {
  const Summary summary = summarize(std::vector<double>{4, 1, 9, 2});
  CHECK(summary.count == 4);
  CHECK(summary.mean == 4);
  CHECK(summary.min == 1);
  CHECK(summary.max == 9);
  CHECK(summary.median == 3);
  CHECK(summary.mad == 1.5);  // of 1, 2, 6, 1
  CHECK(summary.standard_deviation == Approx(std::sqrt((0.0 + 9 + 25 + 4) / 3)));
}

TEST_CASE("a standard deviation keeps its digits on a large offset") {
  // NumAcc1 and NumAcc4 of NIST's statistical reference data sets: certified 1 and 0.1.
  CHECK(summarize(std::vector<double>{10000001, 10000003, 10000002}).standard_deviation == 1);
  std::vector<double> alternating = {10000000.2};
  for (int i = 0; i < 500; ++i) {
    alternating.push_back(10000000.1);
    alternating.push_back(10000000.3);
  }
  const Summary summary = summarize(alternating);
  CHECK(summary.mean == Approx(10000000.2).epsilon(1e-14));
  CHECK(summary.standard_deviation == Approx(0.1).epsilon(1e-7));
}

TEST_CASE("one value and equal values have no spread") {
  const Summary one = summarize(std::vector<double>{7});
  CHECK(one.median == 7);
  CHECK(one.standard_deviation == 0);
  CHECK(one.mad == 0);
  const Summary equal = summarize(std::vector<double>(1000, 0.1));
  CHECK(equal.mean == Approx(0.1).epsilon(1e-15));
  CHECK(equal.standard_deviation == Approx(0).margin(1e-12));
}

TEST_CASE("the largest values that are taken have a finite spread, larger ones are refused") {
  const Summary summary = summarize(std::vector<double>{-kLargest, kLargest, kLargest});
  CHECK(std::isfinite(summary.standard_deviation));
  CHECK(summary.median == kLargest);
  CHECK_THROWS_AS(summarize(std::vector<double>{1, 2 * kLargest}), Error);
  CHECK_THROWS_AS(summarize(std::vector<double>{1, -2 * kLargest}), Error);
}

TEST_CASE("a median is the middle of the sorted sample") {
  Noise noise(1);
  for (size_t n = 1; n < 60; ++n) {
    const std::vector<double> values = noise.normals(n);
    std::vector<double> ascending = values;
    std::sort(ascending.begin(), ascending.end());
    const double expected =
        n % 2 == 1 ? ascending[n / 2] : (ascending[n / 2 - 1] + ascending[n / 2]) / 2;
    CHECK(median(values) == Approx(expected));
    CHECK(median_of_sorted(sorted(values)) == Approx(expected));
  }
}

TEST_CASE("groups take what is left over into the last") {
  const std::vector<double> values = {1, 2, 3, 10, 11, 12, 20, 21};
  CHECK(group_medians(values, 3) == std::vector<double>{2, 12});
  CHECK(group_medians(values, 1) == values);
  CHECK(group_medians(values, 0) == values);
  CHECK(group_medians(values, 100) == std::vector<double>{10.5});
  CHECK(group_medians({}, 3).empty());
}

TEST_CASE("empty samples and values that are not finite are refused by name") {
  CHECK_THROWS_AS(summarize({}), Error);
  CHECK_THROWS_AS(median({}), Error);
  for (const auto& values : kNotFinite) CHECK_THROWS_AS(summarize(values), Error);
  CHECK_THROWS_WITH(require_finite(kNotFinite[1], "latencies of A"),
                    "latencies of A: value 3 of 9 is nan, no measurement");
}

}  // namespace
}  // namespace anemon::profiler
