#include "profiler/statistics/batch_choice.h"

#include <cmath>
#include <limits>
#include <vector>

#include "core/error.h"
#include "tests/catch.h"

namespace anemon::profiler {
namespace {

// A call costs `fixed` items' time and then one item's time each: throughput saturates.
BatchPoint saturating(size_t size, double fixed) {
  const auto n = static_cast<double>(size);
  const double latency = (fixed + n) * 1e-3;
  return {size, n / latency, latency, 0.5 + fixed / n, 1e6 * n};
}

std::vector<BatchPoint> sweep(const std::vector<size_t>& sizes, double fixed) {
  std::vector<BatchPoint> points;
  for (size_t size : sizes) points.push_back(saturating(size, fixed));
  return points;
}

TEST_CASE("the knee of n / (a + n) lies where theory puts it") {
  // The distance to the chord from 1 to N is greatest at sqrt((a + 1) (a + N)) - a.
  for (double a : {2.0, 8.0, 30.0}) {
    std::vector<size_t> sizes;
    for (size_t size = 1; size <= 100; ++size) sizes.push_back(size);
    const BatchChoice choice = choose_batch(sweep(sizes, a));
    REQUIRE(choice.knee);
    CHECK(static_cast<double>(*choice.knee) ==
          Approx(std::sqrt((a + 1) * (a + 100)) - a).margin(0.6));
  }
}

TEST_CASE("every aim has its size") {
  const BatchChoice choice = choose_batch(sweep({64, 1, 2, 4, 8, 16, 32}, 8));
  CHECK(choice.throughput == 64);
  CHECK(choice.latency == 1);
  CHECK(choice.energy == 64);
  CHECK(choice.knee == 16);
  CHECK_FALSE(choice.within_limits);
  CHECK(choice.words ==
        "Throughput is highest at size 64, 8.00 times that of size 1. The knee is at size 16: 75 % "
        "of "
        "the highest throughput at 33 % of its latency. An item takes least energy at size 64.");
}

TEST_CASE("sizes within a limit are chosen among by throughput") {
  const std::vector<BatchPoint> points = sweep({1, 2, 4, 8, 16, 32}, 8);
  CHECK(choose_batch(points, {0.020, {}}).within_limits == 8);
  CHECK(choose_batch(points, {{}, 4e6}).within_limits == 4);
  const BatchChoice both = choose_batch(points, {0.020, 4e6});
  CHECK(both.within_limits == 4);
  CHECK_THAT(both.words, ANEMON_CONTAINS("Within 20 ms and 4 MB size 4 is best."));
  const BatchChoice none = choose_batch(points, {0.001, {}});
  CHECK_FALSE(none.within_limits);
  CHECK_THAT(none.words, ANEMON_CONTAINS("No size is known to stay within 1 ms."));
}

TEST_CASE("a size whose memory is unknown is not within a limit of memory") {
  std::vector<BatchPoint> points = sweep({1, 2}, 8);
  points[1].memory.reset();
  CHECK(choose_batch(points, {{}, 1e9}).within_limits == 1);
}

TEST_CASE("of sizes as good as each other the smallest is chosen") {
  const std::vector<BatchPoint> points = {{1, 100, 0.01, 2.0, {}},
                                          {2, 180, 0.011, 1.0, {}},
                                          {4, 199.5, 0.02, 1.005, {}},
                                          {8, 200, 0.04, 0.998, {}}};
  const BatchChoice choice = choose_batch(points);
  CHECK(choice.throughput == 4);
  CHECK(choice.energy == 2);
}

TEST_CASE("throughput that grows in proportion, falls or stays has no knee") {
  const BatchChoice grows = choose_batch(
      std::vector<BatchPoint>{{1, 10, 0.1, {}, {}}, {2, 20, 0.1, {}, {}}, {4, 40, 0.1, {}, {}}});
  CHECK_FALSE(grows.knee);
  CHECK_THAT(grows.words, ANEMON_CONTAINS("It still grows with size"));
  CHECK_FALSE(grows.energy);
  const BatchChoice falls = choose_batch(
      std::vector<BatchPoint>{{1, 40, 0.1, {}, {}}, {2, 30, 0.1, {}, {}}, {4, 20, 0.1, {}, {}}});
  CHECK_FALSE(falls.knee);
  CHECK(falls.throughput == 1);
  const BatchChoice stays = choose_batch(
      std::vector<BatchPoint>{{1, 40, 0.1, {}, {}}, {2, 41, 0.1, {}, {}}, {4, 40, 0.1, {}, {}}});
  CHECK_FALSE(stays.knee);
  CHECK_THAT(stays.words, ANEMON_CONTAINS("Batching does not raise throughput"));
}

TEST_CASE("what lies beyond the highest throughput does not move the knee") {
  std::vector<BatchPoint> points = sweep({1, 2, 4, 8, 16, 32, 64}, 8);
  const auto knee = choose_batch(points).knee;
  points.push_back({128, 300, 0.4, {}, {}});
  CHECK(choose_batch(points).knee == knee);
}

TEST_CASE("one size is a choice, none is an error") {
  const BatchChoice one = choose_batch(sweep({4}, 8));
  CHECK(one.throughput == 4);
  CHECK_FALSE(one.knee);
  CHECK_THAT(one.words, ANEMON_CONTAINS("Only size 4 was measured."));
  CHECK_THROWS_AS(choose_batch({}), Error);
}

TEST_CASE("points that are none are refused") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (const BatchPoint& bad :
       {BatchPoint{0, 1, 1, {}, {}}, BatchPoint{1, 1, 1, {}, {}}, BatchPoint{2, nan, 1, {}, {}},
        BatchPoint{2, 1, 0, {}, {}}, BatchPoint{2, 1, 1, nan, {}}, BatchPoint{2, 1, 1, {}, nan}}) {
    CHECK_THROWS_AS(choose_batch(std::vector<BatchPoint>{{1, 1, 1, {}, {}}, bad}), Error);
  }
  CHECK_THROWS_AS(choose_batch(sweep({1}, 8), {0.0, {}}), Error);
  CHECK_THROWS_AS(choose_batch(sweep({1}, 8), {{}, nan}), Error);
}

}  // namespace
}  // namespace anemon::profiler
