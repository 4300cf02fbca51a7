#include "profiler/statistics/energy_precision.h"

#include <cmath>
#include <limits>
#include <vector>

#include "core/error.h"
#include "tests/catch.h"
#include "tests/unit/profiler/statistics/noise.h"

namespace anemon::profiler {
namespace {

std::vector<EnergyInterval> observed(Noise& noise, size_t n, double watts, double deviation,
                                     double seconds) {
  std::vector<EnergyInterval> intervals;
  for (double power : noise.normals(n, watts, deviation))
    intervals.push_back({power * seconds, seconds});
  return intervals;
}

TEST_CASE("the mean power is energy over time") {
  const EnergyPrecision p =
      energy_precision(std::vector<EnergyInterval>{{10, 1}, {60, 3}, {30, 1}}, 0, 0.05);
  CHECK(p.mean_watts == 20);
  CHECK(p.seconds == 5);
  CHECK_FALSE(p.watts);
  CHECK_FALSE(p.enough);
  CHECK_FALSE(p.seconds_needed);
  CHECK(p.words == "20 W; too short to tell how exact");
}

TEST_CASE("the interval of power holds the true one as often as it says") {
  Noise noise(70);
  for (double cadence : {0.0, 1.0}) {
    int held = 0;
    constexpr int kRuns = 1000;
    for (int run = 0; run < kRuns; ++run) {
      held += energy_precision(observed(noise, 60, 10, 2, 0.5), cadence, 0.05).watts->holds(10);
    }
    INFO("cadence " << cadence << ": " << held);
    CHECK(held >= 0.93 * kRuns);
    CHECK(held <= (cadence == 0 ? 0.975 : 0.995) * kRuns);
  }
}

TEST_CASE("readings between publications add nothing") {
  // A counter that moves once in ten readings: as seen, and as it was published.
  Noise noise(71);
  std::vector<EnergyInterval> seen, published;
  for (double power : noise.normals(30, 10, 1)) {
    for (int i = 0; i < 9; ++i) seen.push_back({0, 0.1});
    seen.push_back({power, 0.1});
    published.push_back({power, 1});
  }
  const EnergyPrecision fine = energy_precision(seen, 1, 0.05);
  const EnergyPrecision coarse = energy_precision(published, 1, 0.05);
  CHECK(fine.mean_watts == Approx(coarse.mean_watts));
  CHECK(*fine.half_width == Approx(*coarse.half_width).epsilon(1e-6));
}

TEST_CASE("a steady source is still unknown by its first and last publication") {
  const std::vector<EnergyInterval> steady(30, {10, 1});
  const EnergyPrecision p = energy_precision(steady, 1, 0.01);
  CHECK(*p.half_width == Approx(1.96 * std::sqrt(2.0 / 12) / 30));
  CHECK_FALSE(p.enough);
  CHECK(*energy_precision(steady, 0, 0.01).half_width == Approx(0).margin(1e-12));
}

TEST_CASE("so long as it says, an observation is about as exact as asked") {
  Noise noise(72);
  const EnergyPrecision pilot = energy_precision(observed(noise, 100, 10, 3, 0.5), 0.5, 0.02);
  REQUIRE_FALSE(pilot.enough);
  REQUIRE(pilot.seconds_needed);
  CHECK(*pilot.seconds_needed > pilot.seconds);
  const auto n = static_cast<size_t>(*pilot.seconds_needed / 0.5);
  const EnergyPrecision all = energy_precision(observed(noise, n, 10, 3, 0.5), 0.5, 0.02);
  CHECK(*all.half_width == Approx(0.02).epsilon(0.25));
  CHECK(energy_precision(observed(noise, 2 * n, 10, 3, 0.5), 0.5, 0.02).enough);
}

TEST_CASE("a power that moves slowly takes longer to know") {
  Noise noise(73);
  std::vector<EnergyInterval> slow, quick;
  for (double value : noise.autoregressive(400, 0.9)) slow.push_back({10 + value, 1});
  for (double value : noise.normals(400)) quick.push_back({10 + value, 1});
  CHECK(*energy_precision(slow, 0, 0.05).half_width >
        2 * *energy_precision(quick, 0, 0.05).half_width);
}

TEST_CASE("net power that is not above zero has no relative precision") {
  Noise noise(74);
  const EnergyPrecision p = energy_precision(observed(noise, 50, -0.5, 0.1, 1), 0, 0.05);
  CHECK(p.watts);
  CHECK_FALSE(p.half_width);
  CHECK_FALSE(p.enough);
  CHECK_FALSE(p.seconds_needed);
}

TEST_CASE("nothing observed is no power; what cannot be is refused") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  CHECK(energy_precision({}, 1, 0.05).words == "no energy was observed");
  for (const EnergyInterval& bad :
       {EnergyInterval{nan, 1}, EnergyInterval{1, 0}, EnergyInterval{1, -1}}) {
    CHECK_THROWS_AS(energy_precision(std::vector<EnergyInterval>{bad}, 1, 0.05), Error);
  }
  CHECK_THROWS_AS(energy_precision({}, -1, 0.05), Error);
  CHECK_THROWS_AS(energy_precision({}, 1, 0), Error);
  CHECK_THROWS_AS(energy_precision({}, 1, nan), Error);
}

}  // namespace
}  // namespace anemon::profiler
