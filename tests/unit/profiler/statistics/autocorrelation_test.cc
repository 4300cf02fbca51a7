#include "profiler/statistics/autocorrelation.h"

#include <numeric>

#include "core/error.h"
#include "tests/catch.h"
#include "tests/unit/profiler/statistics/hostile.h"
#include "tests/unit/profiler/statistics/noise.h"

namespace anemon::profiler {
namespace {

TEST_CASE("autocorrelations are those worked by hand") {
  // Deviations -2 -1 0 1 2; sums of products 10, 4, -1, -4, -4.
  const std::vector<double> rho = autocorrelations(std::vector<double>{1, 2, 3, 4, 5}, 10);
  REQUIRE(rho.size() == 5);
  CHECK(rho[0] == 1);
  CHECK(rho[1] == Approx(0.4));
  CHECK(rho[2] == Approx(-0.1));
  CHECK(rho[3] == Approx(-0.4));
  CHECK(rho[4] == Approx(-0.4));
}

TEST_CASE("equal values, one value and none are not autocorrelated") {
  CHECK(autocorrelations(std::vector<double>(20, 4.0), 2) == std::vector<double>{1, 0, 0});
  CHECK(autocorrelations(std::vector<double>{4}, 2) == std::vector<double>{1});
  CHECK(autocorrelations({}, 2).empty());
  CHECK(autocorrelation_time(std::vector<double>(1000, 4.0)) == 1);
  CHECK(autocorrelation_time({}) == 1);
  CHECK_FALSE(is_correlated({}));
}

TEST_CASE("independent values are seldom taken for alike") {
  Noise noise(7);
  int alike = 0;
  for (int run = 0; run < 1000; ++run) {
    const std::vector<double> values = noise.normals(300);
    alike += is_correlated(values);
    if (!is_correlated(values)) CHECK(autocorrelation_time(values) == 1);
  }
  CHECK(alike < 50);
}

TEST_CASE("the autocorrelation time of AR(1) is (1 + phi) / (1 - phi)") {
  Noise noise(8);
  // Above 4096 values neighbours are averaged first: the same must come out.
  for (size_t n : {4000, 40'000}) {
    for (double phi : {0.3, 0.5, 0.8, 0.9}) {
      double mean = 0;
      const int runs = n > 10'000 ? 2 : 10;
      for (int run = 0; run < runs; ++run) {
        mean += autocorrelation_time(noise.autoregressive(n, phi)) / runs;
      }
      INFO("phi " << phi << " n " << n);
      CHECK(mean == Approx((1 + phi) / (1 - phi)).epsilon(0.25));
    }
  }
}

TEST_CASE("what is weak from one value to the next but lasts is found") {
  // Noise on a slow wave of a tenth of its variance.
  Noise noise(9);
  const std::vector<double> slow = noise.autoregressive(4000, 0.99);
  std::vector<double> values = noise.normals(4000);
  for (size_t i = 0; i < values.size(); ++i) values[i] += 0.33 * slow[i];
  CHECK(autocorrelation_time(values) > 8);  // (199 * 0.1 + 1) / 1.1 = 19 in the long run
}

TEST_CASE("values that take turns count no more than once each") {
  std::vector<double> values(1000);
  for (size_t i = 0; i < values.size(); ++i) values[i] = i % 2 == 0 ? 1 : 2;
  CHECK(autocorrelation_time(values) == 1);
}

TEST_CASE("the interval of a mean holds the true one as often as it says") {
  Noise noise(10);
  for (double phi : {0.0, 0.5, 0.8}) {
    int held = 0;
    constexpr int kRuns = 1000;
    for (int run = 0; run < kRuns; ++run) {
      const MeanInterval mean = mean_interval(noise.autoregressive(400, phi));
      held += mean.interval && mean.interval->holds(0);
    }
    INFO("phi " << phi << ": " << held);
    // An estimated autocorrelation costs some: 91 % is the least that is stood for.
    CHECK(held >= (phi == 0 ? 0.935 : 0.91) * kRuns);
    CHECK(held <= 0.975 * kRuns);
  }
}

TEST_CASE("without its autocorrelation the interval of a mean would be far too narrow") {
  Noise noise(11);
  const MeanInterval mean = mean_interval(noise.autoregressive(2000, 0.9));
  CHECK(mean.effective_samples < 300);
  CHECK(mean.interval->half_width() > 2.5 * 1.96 / std::sqrt(2000));
}

TEST_CASE("the interval of a mean is Student's") {
  // Worked by hand: mean 3, s = sqrt(2.5), t(0.975, 4) = 2.776445.
  const MeanInterval mean = mean_interval(std::vector<double>{1, 2, 3, 4, 5});
  CHECK(mean.mean == 3);
  CHECK(mean.effective_samples == 5);
  CHECK(mean.interval->half_width() == Approx(2.776445105 * std::sqrt(2.5 / 5)));
  CHECK_FALSE(mean_interval(std::vector<double>{1}).interval);
  CHECK_THROWS_AS(mean_interval({}), Error);
  for (const auto& values : kNotFinite) CHECK_THROWS_AS(mean_interval(values), Error);
}

TEST_CASE("a million values take no longer than their number") {
  std::vector<double> ramp(1'000'000);
  std::iota(ramp.begin(), ramp.end(), 0.0);
  CHECK(autocorrelation_time(ramp) > 1000);
}

}  // namespace
}  // namespace anemon::profiler
