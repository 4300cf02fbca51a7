#include "profiler/statistics/comparison.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/error.h"
#include "tests/catch.h"
#include "tests/unit/profiler/statistics/hostile.h"
#include "tests/unit/profiler/statistics/noise.h"

namespace anemon::profiler {
namespace {

// Blocks of segments of five calls; `drift` is how much slower everything gets from a segment to
// the next, as a share.
std::vector<AbbaBlock> blocks(Noise& noise, size_t n, double ratio, double deviation,
                              double drift) {
  std::vector<AbbaBlock> all(n);
  double speed = 1;
  for (AbbaBlock& block : all) {
    const auto segment = [&](double factor) {
      speed += drift;
      return noise.latencies(5, factor * speed, deviation);
    };
    block.a1 = segment(1);
    block.b1 = segment(ratio);
    block.b2 = segment(ratio);
    block.a2 = segment(1);
  }
  return all;
}

TEST_CASE("B is faster, slower or the same where the interval says so") {
  Noise noise(60);
  const std::vector<double> a = noise.latencies(60, 1, 0.02);
  const Comparison faster = compare(a, noise.latencies(60, 0.9, 0.02));
  CHECK(faster.verdict == Verdict::faster);
  CHECK(faster.relative == Approx(-0.1).margin(0.01));
  CHECK(faster.interval->high < 0);
  CHECK(faster.mann_whitney.cliffs_delta == Approx(-1).margin(0.01));
  CHECK_FALSE(faster.needed);
  CHECK_THAT(faster.words, ANEMON_CONTAINS("B is faster by "));
  CHECK(compare(a, noise.latencies(60, 1.1, 0.02)).verdict == Verdict::slower);
  const Comparison same = compare(a, noise.latencies(60, 1, 0.02));
  CHECK(same.verdict == Verdict::equivalent);
  CHECK_THAT(same.words, ANEMON_CONTAINS("equivalent within 2 %"));
}

TEST_CASE("a difference that is sure but within the margin makes no difference") {
  Noise noise(61);
  const auto a = noise.latencies(400, 1, 0.01), b = noise.latencies(400, 1.008, 0.01);
  const Comparison c = compare(a, b, 0.02);
  CHECK(c.interval->low > 0);
  CHECK(c.verdict == Verdict::equivalent);
  CHECK(compare(a, b, 0.001).verdict == Verdict::slower);
  CHECK(compare(a, b, 0).verdict == Verdict::slower);
}

TEST_CASE("what is not decided names the runs that would decide, and about so many do") {
  Noise noise(62);
  const Comparison pilot = compare(noise.latencies(20, 1, 0.2), noise.latencies(20, 1.0, 0.2));
  REQUIRE(pilot.verdict == Verdict::inconclusive);
  REQUIRE(pilot.needed);
  CHECK(*pilot.needed > 20);
  // The width of the interval shrinks with the root of the runs.
  const double size = std::abs(pilot.relative);
  const double ratio = *pilot.minimum_detectable / std::max(size, 0.02 - size);
  CHECK(static_cast<double>(*pilot.needed) == std::ceil(20 * ratio * ratio));
  CHECK_THAT(pilot.words,
             ANEMON_CONTAINS("about " + std::to_string(*pilot.needed) + " runs would decide"));
  // Of a true shift of 5 % and a deviation of 10 %, both sides: 2 * (2.8 * 0.1 / 0.05)^2 * pi / 3
  // = 66 runs by theory. Pilots' estimates scatter about it, for they take the shift they see.
  std::vector<double> estimates;
  for (int run = 0; run < 200; ++run) {
    const Comparison c = compare(noise.latencies(20, 1, 0.1), noise.latencies(20, 1.05, 0.1));
    if (c.needed) estimates.push_back(static_cast<double>(*c.needed));
  }
  REQUIRE(estimates.size() > 50);
  CHECK(median(estimates) > 40);
  CHECK(median(estimates) < 200);
}

TEST_CASE("the minimum detectable effect is found four times out of five") {
  Noise noise(63);
  const double effect =
      *compare(noise.normals(50, 1, 0.05), noise.normals(50, 1, 0.05)).minimum_detectable;
  CHECK(effect == Approx(2.8 * 0.05 * std::sqrt(2.0 / 50)).epsilon(0.25));
  int found = 0;
  constexpr int kRuns = 400;
  for (int run = 0; run < kRuns; ++run) {
    const double expected = 2.8016 * 0.05 * std::sqrt(2.0 / 50 * std::numbers::pi / 3);
    const Comparison c =
        compare(noise.normals(50, 1, 0.05), noise.normals(50, 1 + expected, 0.05), 0);
    found += c.verdict == Verdict::slower;
  }
  CHECK(found > 0.74 * kRuns);
  CHECK(found < 0.86 * kRuns);
}

TEST_CASE("samples that do not differ are called different in one case of twenty at most") {
  Noise noise(64);
  int wrong = 0, wrong_blocks = 0, wrong_alike = 0;
  constexpr int kRuns = 400;
  for (int run = 0; run < kRuns; ++run) {
    const Comparison c = compare(noise.latencies(30, 1, 0.2), noise.latencies(30, 1, 0.2));
    wrong += c.verdict == Verdict::faster || c.verdict == Verdict::slower;
    const Comparison b = compare_blocks(blocks(noise, 10, 1, 0.2, 0.01));
    wrong_blocks += b.verdict == Verdict::faster || b.verdict == Verdict::slower;
    std::vector<double> x = noise.autoregressive(600, 0.8), y = noise.autoregressive(600, 0.8);
    for (double& value : x) value = std::exp(0.2 * value);
    for (double& value : y) value = std::exp(0.2 * value);
    const Comparison alike = compare(x, y);
    CHECK(alike.group > 1);
    wrong_alike += alike.verdict == Verdict::faster || alike.verdict == Verdict::slower;
  }
  CHECK(wrong < 0.07 * kRuns);
  CHECK(wrong_blocks < 0.07 * kRuns);
  CHECK(wrong_alike < 0.09 * kRuns);
}

TEST_CASE("drift over the blocks cancels, and would not otherwise") {
  Noise noise(65);
  const std::vector<AbbaBlock> drifting = blocks(noise, 12, 1, 0.005, 0.02);
  const Comparison c = compare_blocks(drifting);
  CHECK(c.count == 12);
  CHECK(c.verdict == Verdict::equivalent);
  CHECK(c.signed_rank->p_value > 0.01);
  // One after the other, A is slower than itself.
  std::vector<double> early, late;
  for (size_t i = 0; i < 12; ++i) {
    auto& half = i < 6 ? early : late;
    half.insert(half.end(), drifting[i].a1.begin(), drifting[i].a1.end());
  }
  CHECK(mann_whitney(early, late).p_value < 0.001);
  CHECK(compare(early, late).relative > 0.2);
}

TEST_CASE("a difference far below the drift is found in blocks") {
  Noise noise(66);
  const Comparison c = compare_blocks(blocks(noise, 12, 0.95, 0.005, 0.02));
  CHECK(c.verdict == Verdict::faster);
  // Whole samples differ by drift alone so much that ranks show nothing.
  CHECK(c.mann_whitney.p_value > 0.05);
  CHECK(c.signed_rank->p_value < 0.01);
}

TEST_CASE("drift that is linear over a block cancels to the last digit") {
  std::vector<AbbaBlock> exact(6, {{10}, {11}, {12}, {13}});
  const Comparison c = compare_blocks(exact);
  CHECK(c.shift.estimate == 0);
  CHECK(c.verdict == Verdict::equivalent);
}

TEST_CASE("too few to have an interval is inconclusive, whatever they show") {
  const Comparison runs =
      compare(std::vector<double>{1, 1.1, 1.2}, std::vector<double>{2, 2.1, 2.2});
  CHECK(runs.verdict == Verdict::inconclusive);
  CHECK_FALSE(runs.interval);
  CHECK_FALSE(runs.minimum_detectable);
  CHECK(runs.needed == 4);
  Noise noise(67);
  const Comparison five = compare_blocks(blocks(noise, 5, 0.5, 0.01, 0));
  CHECK(five.verdict == Verdict::inconclusive);
  CHECK(five.needed == 6);
  CHECK(compare_blocks(blocks(noise, 2, 0.5, 0.01, 0)).needed == 6);
  CHECK(five.words == "inconclusive: 5 blocks are too few; about 6 blocks would decide");
  CHECK(compare_blocks(blocks(noise, 6, 0.5, 0.01, 0)).verdict == Verdict::faster);
  CHECK(compare(std::vector<double>{1}, std::vector<double>{1}).verdict == Verdict::inconclusive);
}

TEST_CASE("runs that resemble their neighbours count for fewer") {
  Noise noise(68);
  std::vector<double> a = noise.autoregressive(120, 0.95), b = noise.autoregressive(120, 0.95);
  for (double& value : a) value = 10 + value;
  for (double& value : b) value = 10 + value;
  const Comparison c = compare(a, b);
  CHECK(c.group > 10);
  CHECK(c.count < 12);
  CHECK(c.verdict == Verdict::inconclusive);
  CHECK_THAT(c.words, ANEMON_CONTAINS("too few, for neighbours are alike; about "));
  CHECK_THAT(c.words, ANEMON_CONTAINS(std::to_string(*c.needed * c.group) + " runs would decide"));
}

TEST_CASE("equal values everywhere are equivalent, with any margin") {
  const std::vector<double> ones(10, 1.0);
  CHECK(compare(ones, ones, 0).verdict == Verdict::equivalent);
  CHECK(compare(ones, std::vector<double>(10, 2.0), 0).verdict == Verdict::slower);
}

TEST_CASE("what cannot be compared is refused") {
  const std::vector<double> good(10, 1.0);
  for (const auto& values : kNotFinite) {
    CHECK_THROWS_AS(compare(good, values), Error);
    CHECK_THROWS_AS(compare(values, good), Error);
    CHECK_THROWS_AS(compare_blocks(std::vector<AbbaBlock>{{good, values, good, good}}), Error);
  }
  CHECK_THROWS_AS(compare({}, good), Error);
  CHECK_THROWS_AS(compare(good, std::vector<double>{1, 0, 1}), Error);
  CHECK_THROWS_AS(compare(good, std::vector<double>{1, -1}), Error);
  CHECK_THROWS_AS(compare(good, good, -0.1), Error);
  CHECK_THROWS_AS(compare(good, good, std::numeric_limits<double>::quiet_NaN()), Error);
  CHECK_THROWS_AS(compare_blocks({}), Error);
  CHECK_THROWS_AS(compare_blocks(std::vector<AbbaBlock>{{good, {}, good, good}}), Error);
}

}  // namespace
}  // namespace anemon::profiler
