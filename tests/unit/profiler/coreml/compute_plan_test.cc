#include "profiler/coreml/compute_plan.h"

#include "tests/catch.h"

namespace anemon::profiler {
namespace {

using models::Engine;

TEST_CASE("a plan is summed up by engine, in operations and in cost") {
  ComputePlan plan;
  plan.operations = {{"a", "conv", "main", 0, Engine::ane, {}, 0.6},
                     {"b", "conv", "main", 0, Engine::ane, {}, std::nullopt},
                     {"c", "relu", "main", 0, Engine::cpu, {}, 0.2},
                     {"d", "add", "main", 0, std::nullopt, {}, 0.2}};
  const PlanSummary summary = summarise(plan);
  CHECK(summary.preferred == std::array<size_t, models::kEngines>{2, 0, 1});
  CHECK(summary.undecided == 1);
  CHECK(summary.plans(Engine::ane));
  CHECK(!summary.plans(Engine::gpu));
  REQUIRE(summary.cost);
  CHECK((*summary.cost)[0] == Approx(0.75));
  CHECK((*summary.cost)[2] == Approx(0.25));
}

TEST_CASE("a plan without costs has no share of them") {
  ComputePlan plan;
  CHECK(!summarise(plan).cost);
  plan.operations = {{"a", "conv", "", 0, Engine::cpu, {}, std::nullopt}};
  CHECK(!summarise(plan).cost);
}

TEST_CASE("an operation's type is told without the set it comes from") {
  CHECK(without_operation_set("ios16.conv") == "conv");
  CHECK(without_operation_set("ios17.constexpr_lut_to_dense") == "constexpr_lut_to_dense");
  CHECK(without_operation_set("conv") == "conv");
  CHECK(without_operation_set("iosX.conv") == "iosX.conv");
  CHECK(without_operation_set("custom.conv") == "custom.conv");
}

}  // namespace
}  // namespace anemon::profiler
