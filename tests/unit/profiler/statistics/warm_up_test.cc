#include "profiler/statistics/warm_up.h"

#include <algorithm>
#include <limits>

#include "core/error.h"
#include "tests/catch.h"
#include "tests/unit/profiler/statistics/noise.h"

namespace anemon::profiler {
namespace {

// Feeds iterations until done or `most`; the latency of each is told by its start.
template <class Latency>
WarmUp fed(WarmUpRule rule, size_t most, const Latency& latency) {
  WarmUp warm(rule);
  double now = 0;
  for (size_t i = 0; i < most && !warm.done(); ++i) {
    const double seconds = latency(now);
    now += seconds;
    warm.add(seconds, now);
  }
  return warm;
}

TEST_CASE("a warm-up takes at least ten iterations and a second") {
  const WarmUp fast = fed({}, 100'000, [](double) { return 0.001; });
  CHECK(fast.steady());
  CHECK(fast.elapsed() >= 1);
  CHECK(fast.elapsed() < 1.01);
  const WarmUp slow = fed({}, 100'000, [](double) { return 0.5; });
  CHECK(slow.steady());
  CHECK(slow.iterations() == 10);
}

TEST_CASE("a warm-up goes on while the clock ramps up, and ends soon after") {
  Noise noise(50);
  const WarmUp warm = fed({10, 0.2, 30}, 100'000, [&](double start) {
    const double ramp = start < 1.5 ? 2.8 - 1.8 * start / 1.5 : 1;
    return 0.001 * ramp * std::exp(0.02 * noise.normal());
  });
  CHECK(warm.steady());
  CHECK(warm.elapsed() > 1.5);
  CHECK(warm.elapsed() < 5);
  CHECK(warm.verdict().warm_up > 500);
}

TEST_CASE("a warm-up that never gets steady ends at its limit and says so") {
  const WarmUp warm = fed({10, 1, 3}, 100'000, [](double start) { return 0.001 * (1 + start); });
  CHECK(warm.done());
  CHECK_FALSE(warm.steady());
  CHECK(warm.elapsed() == Approx(3).margin(0.01));
  CHECK_THAT(warm.verdict().reason, ANEMON_CONTAINS("not steady within the limit of 3 s: "));
}

TEST_CASE("a model too slow for ten iterations within the limit ends at it") {
  const WarmUp warm = fed({10, 1, 30}, 100, [](double) { return 8.0; });
  CHECK(warm.iterations() == 4);
  CHECK(warm.verdict().stability == Stability::too_few);
  CHECK_THAT(warm.verdict().reason, ANEMON_CONTAINS("4 iterations are too few"));
}

TEST_CASE("a warm-up of very many iterations keeps a bounded series and still finds its end") {
  Noise noise(51);
  const WarmUp warm = fed({10, 4, 60}, 3'000'000, [&](double start) {
    return (start < 1 ? 30e-6 : 10e-6) * std::exp(0.1 * noise.normal());
  });
  CHECK(warm.steady());
  CHECK(warm.iterations() > 300'000);
  CHECK(warm.verdict().warm_up > 30'000);
  CHECK(warm.verdict().warm_up < 40'000);
}

TEST_CASE("what comes after the end changes nothing") {
  WarmUp warm = fed({}, 100'000, [](double) { return 0.01; });
  const size_t iterations = warm.iterations();
  CHECK(warm.add(5, warm.elapsed() + 5));
  CHECK(warm.iterations() == iterations);
  CHECK(warm.steady());
}

TEST_CASE("times that are none are refused") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  CHECK_THROWS_AS(WarmUp({10, -1, 30}), Error);
  CHECK_THROWS_AS(WarmUp({10, 5, 1}), Error);
  CHECK_THROWS_AS(WarmUp({10, 1, nan}), Error);
  WarmUp warm;
  CHECK_THROWS_AS(warm.add(-1, 1), Error);
  CHECK_THROWS_AS(warm.add(nan, 1), Error);
  warm.add(1, 1);
  CHECK_THROWS_AS(warm.add(0.5, 0.5), Error);
}

}  // namespace
}  // namespace anemon::profiler
