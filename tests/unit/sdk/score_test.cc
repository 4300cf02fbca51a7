#include <anemon/profiler.h>

#include <cmath>
#include <limits>

#include "tests/catch.h"

namespace anemon {
namespace {

ANEPerformanceMetrics whole() {
  ANEPerformanceMetrics metrics;
  metrics.inferences_per_second = 500;
  metrics.efficiency_tops_per_watt = 2.5;
  metrics.memory_usage_mb = 30;
  metrics.peak_memory_mb = 40;
  return metrics;
}

TEST_CASE("the score is 40 for speed, 40 for efficiency and 20 for memory") {
  CHECK(CalculateEfficiencyScore(whole()) == Approx(20 + 10 + 15));
  ANEPerformanceMetrics best = whole();
  best.inferences_per_second = 5000;
  best.efficiency_tops_per_watt = 100;
  best.peak_memory_mb = 30;
  CHECK(CalculateEfficiencyScore(best) == Approx(100));
}

TEST_CASE("without one of its parts there is no score, and the part is named") {
  ANEPerformanceMetrics metrics = whole();
  metrics.efficiency_tops_per_watt = kNoNumber;
  std::vector<std::string> missing = {"of a call before"};
  CHECK(std::isnan(CalculateEfficiencyScore(metrics, &missing)));
  CHECK(missing == std::vector<std::string>{"TOPS per watt"});
  CHECK(std::isnan(CalculateEfficiencyScore(ANEPerformanceMetrics())));
  CHECK_FALSE(std::isnan(CalculateEfficiencyScore(whole(), &missing)));
  CHECK(missing.empty());
}

TEST_CASE("a number that cannot be counts as missing in the score") {
  for (const double wrong : {-1.0, std::numeric_limits<double>::infinity()}) {
    ANEPerformanceMetrics metrics = whole();
    metrics.inferences_per_second = wrong;
    std::vector<std::string> missing;
    CHECK(std::isnan(CalculateEfficiencyScore(metrics, &missing)));
    CHECK(missing == std::vector<std::string>{"inferences per second"});
  }
}

}  // namespace
}  // namespace anemon
