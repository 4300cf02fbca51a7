#include "profiler/statistics/score.h"

#include <cmath>
#include <limits>

#include "core/error.h"
#include "tests/catch.h"

namespace anemon::profiler {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

TEST_CASE("a score is the sum of its parts, each with its ceiling") {
  const Score half = efficiency_score({500, 5, 50, 100});
  CHECK(half.performance == 20);
  CHECK(half.power_efficiency == 20);
  CHECK(half.memory_efficiency == 10);
  CHECK(half.total == 50);
  CHECK(half.missing.empty());
  CHECK(efficiency_score({1e6, 1e6, 100, 100}).total == 100);
  CHECK(efficiency_score({1e6, 1e6, 300, 100}).total == 100);
  CHECK(efficiency_score({0, 0, 0, 100}).total == 0);
}

TEST_CASE("a missing part is named and makes the score absent; the others are shown") {
  const Score score = efficiency_score({500, kNaN, 50, 100});
  CHECK(std::isnan(score.total));
  CHECK(std::isnan(score.power_efficiency));
  CHECK(score.performance == 20);
  CHECK(score.memory_efficiency == 10);
  CHECK(score.missing == std::vector<std::string>{"TOPS per watt"});
  CHECK(efficiency_score({kNaN, kNaN, kNaN, kNaN}).missing ==
        std::vector<std::string>{"inferences per second", "TOPS per watt", "memory usage",
                                 "peak memory"});
  CHECK(efficiency_score({1, 1, 1, 0}).missing == std::vector<std::string>{"peak memory"});
}

TEST_CASE("an input that cannot be is refused") {
  CHECK_THROWS_AS(efficiency_score({-1, 1, 1, 1}), Error);
  CHECK_THROWS_AS(efficiency_score({1, 1, 1, -1}), Error);
  CHECK_THROWS_AS(efficiency_score({1, std::numeric_limits<double>::infinity(), 1, 1}), Error);
}

}  // namespace
}  // namespace anemon::profiler
