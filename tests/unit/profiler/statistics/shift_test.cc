#include "profiler/statistics/shift.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "profiler/statistics/distributions.h"
#include "tests/catch.h"
#include "tests/unit/profiler/statistics/hostile.h"
#include "tests/unit/profiler/statistics/noise.h"

namespace anemon::profiler {
namespace {

std::vector<double> all_differences(const std::vector<double>& a, const std::vector<double>& b) {
  std::vector<double> all;
  for (double x : a) {
    for (double y : b) all.push_back(y - x);
  }
  std::sort(all.begin(), all.end());
  return all;
}

std::vector<double> all_means(const std::vector<double>& values) {
  std::vector<double> all;
  for (size_t i = 0; i < values.size(); ++i) {
    for (size_t j = i; j < values.size(); ++j) all.push_back((values[i] + values[j]) / 2);
  }
  std::sort(all.begin(), all.end());
  return all;
}

double middle_of(const std::vector<double>& ascending) {
  const size_t n = ascending.size();
  return n % 2 == 1 ? ascending[n / 2] : (ascending[n / 2 - 1] + ascending[n / 2]) / 2;
}

TEST_CASE("the shift between two samples is the median of all differences, to the last bit") {
  Noise noise(30);
  for (size_t n : {1, 2, 5, 12, 20, 21, 60}) {
    for (size_t m : {1, 3, 4, 20, 33}) {
      const std::vector<double> a = noise.latencies(n);
      std::vector<double> b = noise.latencies(m, 0.5);
      if (m % 2 == 1) b.front() = -1e6;
      const Shift shift = shift_between(a, b);
      const std::vector<double> all = all_differences(a, b);
      INFO(n << " and " << m);
      CHECK(shift.estimate == middle_of(all));
      if (!shift.interval) continue;
      CHECK(std::binary_search(all.begin(), all.end(), shift.interval->low));
      CHECK(std::binary_search(all.begin(), all.end(), shift.interval->high));
    }
  }
}

TEST_CASE("shifts of samples with gaps, ties, extremes and tiny values are exact, too") {
  Noise noise(35);
  const auto rough = [&](size_t n, int kind) {
    std::vector<double> values = noise.normals(n);
    for (double& value : values) {
      if (kind == 0) value = std::round(value);                         // ties
      if (kind == 1) value = value > 0 ? value + 1e6 : value;           // two humps far apart
      if (kind == 2) value = std::pow(10, 40 * value);                  // 80 powers of ten
      if (kind == 3) value = std::ldexp(std::round(value * 4), -1074);  // below the normal range
      if (kind == 4) value = value > 1 ? kLargest : -kLargest;
    }
    return values;
  };
  for (int kind = 0; kind < 5; ++kind) {
    for (size_t n : {7, 40, 101}) {
      const std::vector<double> a = rough(n, kind), b = rough(64, kind);
      INFO("kind " << kind << " n " << n);
      const std::vector<double> between = all_differences(a, b);
      const Shift shift = shift_between(a, b);
      CHECK(shift.estimate == middle_of(between));
      CHECK(std::binary_search(between.begin(), between.end(), shift.interval->low));
      CHECK(std::binary_search(between.begin(), between.end(), shift.interval->high));
      CHECK(shift_of(a).estimate == middle_of(all_means(a)));
    }
  }
}

TEST_CASE("the interval of a shift has the ranks of the exact test") {
  Noise noise(31);
  const std::vector<double> a = noise.normals(10), b = noise.normals(8);
  const std::vector<double> all = all_differences(a, b);
  const Shift shift = shift_between(a, b);
  // The textbooks' critical U of 8 and 10 is 17: the 18th from either end.
  CHECK(shift.interval->low == all[17]);
  CHECK(shift.interval->high == all[80 - 18]);
  CHECK_FALSE(shift_between(noise.normals(3), noise.normals(3)).interval);
  CHECK(shift_between(noise.normals(4), noise.normals(4)).interval);
}

TEST_CASE("the ranks of large samples are near those of the exact distributions") {
  Noise noise(36);
  const auto near = [](const std::vector<double>& all, double end, size_t rank) {
    return all[rank - 3] <= end && end <= all[rank + 1];
  };
  const std::vector<double> a = noise.normals(25), b = noise.normals(25);
  CHECK(near(all_differences(a, b), shift_between(a, b).interval->low,
             tail_rank(rank_sum_distribution(25, 25), 0.025)));
  const std::vector<double> many = noise.normals(150);
  CHECK(near(all_means(many), shift_of(many).interval->low,
             tail_rank(signed_rank_distribution(150), 0.025)));
}

TEST_CASE("the shift of differences is the median of the means of pairs, to the last bit") {
  Noise noise(32);
  for (size_t n : {1, 2, 3, 6, 10, 25, 64, 120}) {
    const std::vector<double> values = noise.normals(n, 0.2);
    const std::vector<double> all = all_means(values);
    const Shift shift = shift_of(values);
    INFO(n);
    CHECK(shift.estimate == middle_of(all));
    CHECK(shift.interval.has_value() == (n >= 6));
    if (n == 10) {
      // The textbooks' critical T of 10 is 8: the 9th from either end of 55.
      CHECK(shift.interval->low == all[8]);
      CHECK(shift.interval->high == all[55 - 9]);
    }
  }
}

TEST_CASE("intervals of shifts hold the true one as often as they say") {
  Noise noise(33);
  for (size_t n : {8, 20, 30}) {
    int between = 0, of = 0;
    constexpr int kRuns = 1500;
    for (int run = 0; run < kRuns; ++run) {
      std::vector<double> b = noise.latencies(n + 2);
      for (double& value : b) value += 0.3;
      between += shift_between(noise.latencies(n), b).interval->holds(0.3);
      of += shift_of(noise.normals(n, 0.3)).interval->holds(0.3);
    }
    INFO(n << ": " << between << " and " << of);
    CHECK(between >= 0.935 * kRuns);
    CHECK(between <= 0.975 * kRuns);
    CHECK(of >= 0.935 * kRuns);
    CHECK(of <= 0.975 * kRuns);
  }
}

TEST_CASE("shifts of either sign, of none and of ties are found") {
  CHECK(shift_between(std::vector<double>{-3, -2}, std::vector<double>{-3, -2}).estimate == 0);
  CHECK(shift_between(std::vector<double>{5, 5, 5, 5}, std::vector<double>{2, 2, 2, 2}).estimate ==
        -3);
  const Shift none = shift_between(std::vector<double>(50, 1.0), std::vector<double>(50, 1.0));
  CHECK(none.interval->low == 0);
  CHECK(none.interval->high == 0);
  CHECK(shift_of(std::vector<double>{-1, -0.0, 0.0, 1}).estimate == 0);
}

TEST_CASE("a shift among ten thousand million pairs is found") {
  Noise noise(34);
  const Shift shift = shift_between(noise.normals(100'000), noise.normals(120'000, 0.01));
  CHECK(shift.interval->holds(shift.estimate));
  CHECK(shift.estimate == Approx(0.01).margin(0.015));
  CHECK(shift.interval->half_width() == Approx(1.96 * 0.00438 * 1.0233).epsilon(0.1));
}

TEST_CASE("empty samples and values that are not finite are refused") {
  const std::vector<double> good = {1, 2, 3};
  CHECK_THROWS_AS(shift_between({}, good), Error);
  CHECK_THROWS_AS(shift_between(good, {}), Error);
  CHECK_THROWS_AS(shift_of({}), Error);
  for (const auto& values : kNotFinite) {
    CHECK_THROWS_AS(shift_between(good, values), Error);
    CHECK_THROWS_AS(shift_of(values), Error);
  }
}

}  // namespace
}  // namespace anemon::profiler
