#include "profiler/statistics/steadiness.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "profiler/statistics/trend.h"
#include "tests/catch.h"
#include "tests/unit/profiler/statistics/hostile.h"
#include "tests/unit/profiler/statistics/noise.h"

namespace anemon::profiler {
namespace {

double kendall_score(const std::vector<double>& values) {
  double score = 0;
  for (size_t j = 0; j < values.size(); ++j) {
    for (size_t i = 0; i < j; ++i) score += (values[j] > values[i]) - (values[j] < values[i]);
  }
  return score;
}

// Noise of 1 % about 1, with the first `length` falling to it from `start`.
std::vector<double> ramped(size_t n, size_t length, double start, uint64_t seed) {
  Noise noise(seed);
  std::vector<double> values = noise.latencies(n, 1, 0.01);
  for (size_t i = 0; i < length; ++i) {
    const double left = 1 - static_cast<double>(i) / static_cast<double>(length);
    values[i] *= 1 + (start - 1) * left;
  }
  return values;
}

TEST_CASE("a trend's significance has the variance of all orders of its values") {
  for (std::vector<double> values :
       {std::vector<double>{1, 2, 3, 4, 5, 6, 7}, std::vector<double>{1, 1, 2, 2, 2, 6, 7}}) {
    const double seen = kendall_score(values);
    const double p = trend(values).p_value;
    double squares = 0, orders = 0;
    do {
      const double score = kendall_score(values);
      squares += score * score;
      ++orders;
    } while (std::next_permutation(values.begin(), values.end()));
    const double z = (seen - 1) / std::sqrt(squares / orders);
    CHECK(p == Approx(std::erfc(z / std::sqrt(2.0))));
  }
}

TEST_CASE("the slope of a trend is the median of all slopes") {
  std::vector<double> line = {1, 3, 5, 7, 9, 11, 13};
  line[3] = 100;  // one value moves no median
  const Trend rising = trend(line);
  CHECK(rising.slope == 2);
  CHECK(rising.change == 12);
  CHECK(trend(std::vector<double>{5, 4, 3, 2, 1}).slope == -1);
  CHECK(trend(std::vector<double>(10, 1.0)).p_value == 1);
  CHECK(trend({}).p_value == 1);
  for (const auto& values : kNotFinite) CHECK_THROWS_AS(trend(values), Error);
}

TEST_CASE("trends are found in noise as often as the significance says") {
  Noise noise(40);
  int found = 0;
  constexpr int kRuns = 2000;
  for (int run = 0; run < kRuns; ++run) found += trend(noise.normals(30)).p_value < 0.05;
  CHECK(found > 0.03 * kRuns);
  CHECK(found < 0.065 * kRuns);
}

TEST_CASE("a warm-up ends where the series stops changing") {
  for (uint64_t seed = 0; seed < 20; ++seed) {
    INFO("seed " << seed);
    const size_t length = warm_up_length(ramped(800, 110, 2.8, seed));
    CHECK(length >= 95);
    CHECK(length <= 150);
  }
  // Group by group: what is cut of a short series is one value.
  const std::vector<double> cold = {9, 1.00, 1.01, 0.99, 1.00, 1.01, 1.00, 0.99, 1.00, 1.01};
  CHECK(warm_up_length(cold) == 1);
  CHECK(warm_up_length(std::vector<double>(200, 1.0)) == 0);
  CHECK(warm_up_length({}) == 0);
  // What changed after the first half may change again: no end is seen.
  const std::vector<double> late = ramped(400, 300, 1.5, 49);
  CHECK(warm_up_length(late) == late.size());
  CHECK_THAT(reached_steady_state(late).reason, ANEMON_CONTAINS("no steady part in 400"));
}

TEST_CASE("one slow call late in a warm-up is not its end") {
  std::vector<double> values = ramped(400, 0, 1, 41);
  values[150] = 30;
  CHECK(warm_up_length(values) < 100);
  CHECK(reached_steady_state(values).stability == Stability::steady);
}

TEST_CASE(
    "a series that still falls is not steady, nor one that rises, nor one that has just jumped") {
  const Steadiness falling = reached_steady_state(ramped(400, 400, 2.8, 42));
  CHECK(falling.stability == Stability::unstable);
  const Steadiness slowly = judge_run(ramped(400, 400, 1.08, 43));
  CHECK(slowly.stability == Stability::unstable);
  CHECK(slowly.change < -0.05);
  CHECK_THAT(slowly.reason, ANEMON_CONTAINS("latency falls by"));
  std::vector<double> rising = ramped(400, 400, 1.08, 44);
  std::reverse(rising.begin(), rising.end());
  CHECK_THAT(judge_run(rising).reason, ANEMON_CONTAINS("latency rises by"));
  std::vector<double> jumped = ramped(400, 0, 1, 45);
  for (size_t i = 350; i < 400; ++i) jumped[i] *= 1.3;
  CHECK(reached_steady_state(jumped).stability == Stability::unstable);
}

TEST_CASE("a disturbance long past does not keep a warm-up from ending, but makes a run unstable") {
  std::vector<double> values = ramped(1000, 0, 1, 46);
  for (size_t i = 300; i < 400; ++i) values[i] *= 1.4;
  CHECK(reached_steady_state(values).stability == Stability::steady);
  // Too late to be cut off, and yet before the windows that have to agree.
  std::vector<double> later = ramped(1000, 0, 1, 53);
  for (size_t i = 520; i < 600; ++i) later[i] *= 1.4;
  CHECK(warm_up_length(later) < 100);
  CHECK(reached_steady_state(later).stability == Stability::steady);
  CHECK(judge_run(later).stability == Stability::unstable);
  const Steadiness run = judge_run(values);
  CHECK(run.stability == Stability::unstable);
  CHECK(run.spread == Approx(0.4).epsilon(0.1));
  CHECK_THAT(run.reason, ANEMON_CONTAINS("medians of windows differ by"));
}

TEST_CASE("steady series are seldom called unstable, however noisy they are") {
  Noise noise(47);
  for (double deviation : {0.01, 0.1, 0.4}) {
    int unstable = 0;
    for (int run = 0; run < 200; ++run) {
      unstable += judge_run(noise.latencies(300, 1, deviation)).stability == Stability::unstable;
    }
    INFO("deviation " << deviation);
    CHECK(unstable <= 8);
  }
}

TEST_CASE("noise that lasts a few values is no trend and no difference of windows") {
  Noise noise(52);
  struct Case {
    double phi;
    size_t n;
    double deviation;
  };
  for (const auto& [phi, n, deviation] : {Case{0.9, 50, 0.05}, Case{0.8, 600, 0.08}}) {
    int unstable = 0;
    for (int run = 0; run < 200; ++run) {
      std::vector<double> values = noise.autoregressive(n, phi);
      for (double& value : values) value = std::exp(deviation * value);
      unstable += judge_run(values).stability == Stability::unstable;
    }
    INFO("phi " << phi << " n " << n);
    CHECK(unstable <= 24);
  }
}

TEST_CASE("a steady series says so, and from when on") {
  const Steadiness warmed = reached_steady_state(ramped(800, 110, 2.8, 48));
  CHECK(warmed.stability == Stability::steady);
  CHECK(warmed.reason == "steady after " + std::to_string(warmed.warm_up) + " of 800 iterations");
  CHECK(judge_run(std::vector<double>(100, 2.0)).reason == "steady from the start");
}

TEST_CASE("few values tell nothing") {
  for (size_t n = 0; n < 9; ++n) {
    const std::vector<double> values(n, 1.0);
    CHECK(judge_run(values).stability == Stability::too_few);
    CHECK(reached_steady_state(values).stability == Stability::too_few);
  }
  CHECK(judge_run(std::vector<double>(9, 1.0)).stability == Stability::steady);
  CHECK(judge_run(std::vector<double>(9, 0.0)).stability == Stability::steady);
  for (const auto& values : kNotFinite) {
    CHECK_THROWS_AS(judge_run(values), Error);
    CHECK_THROWS_AS(reached_steady_state(values), Error);
  }
}

}  // namespace
}  // namespace anemon::profiler
