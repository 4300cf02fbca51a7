#include "profiler/coreml/plan_comparison.h"

#include "tests/catch.h"

namespace anemon::profiler {
namespace {

using models::Engine;

struct Fixture {
  models::Function function;
  models::FunctionAnalysis analysis;
  models::Placement placement;
  ComputePlan plan;

  Fixture() {
    function.name = "main";
    function.body.operations.reserve(8);
    analysis.function = &function;
  }
  // Named by its result in a program; the operation itself goes by another name.
  void predict(const std::string& name, std::optional<Engine> engine,
               const std::string& reason = "") {
    models::Operation operation;
    operation.name = function.old_network ? name : "author's " + name;
    operation.results = {static_cast<models::ValueId>(function.values.size())};
    function.values.push_back({function.old_network ? "blob of " + name : name, {}, {}});
    function.body.operations.push_back(operation);
    models::PlacedOperation placed;
    placed.operation = analysis.operations.size();
    placed.engine = engine;
    placed.reason = reason;
    models::AnalysedOperation analysed;
    analysed.operation = &function.body.operations.back();
    analysis.operations.push_back(analysed);
    placement.operations.push_back(placed);
  }
  void intend(const std::string& name, std::optional<Engine> engine,
              std::optional<double> cost = std::nullopt, const std::string& in = "main",
              int depth = 0) {
    plan.operations.push_back({name, "conv", in, depth, engine, {}, cost});
  }
  PlanComparison compare() const { return compare_operations(plan, analysis, placement); }
};

TEST_CASE_METHOD(
    Fixture,
    "operations are matched by their first result, and the costliest difference comes first") {
  predict("a", Engine::ane);
  predict("b", Engine::cpu, "int32 result");
  predict("c", Engine::gpu);
  intend("a", Engine::ane, 0.5);
  intend("b", Engine::ane, 0.1);
  intend("c", Engine::cpu, 0.4);
  const PlanComparison comparison = compare();
  CHECK(comparison.compared == 3);
  CHECK(comparison.agreeing == 1);
  REQUIRE(comparison.differences.size() == 2);
  CHECK(comparison.differences[0].name == "c");
  CHECK(comparison.differences[0].planned == Engine::cpu);
  CHECK(comparison.differences[0].predicted == Engine::gpu);
  CHECK(comparison.differences[1].reason == "int32 result");
}

TEST_CASE_METHOD(
    Fixture,
    "what is undecided, nested, of another function or known to one side is not compared") {
  predict("a", std::nullopt);
  predict("b", Engine::cpu);
  predict("c", Engine::cpu);
  predict("d", Engine::cpu);
  predict("e", Engine::cpu);
  intend("a", Engine::ane);
  intend("b", std::nullopt);
  intend("c", Engine::ane, 1.0, "decode");
  intend("d", Engine::ane, 1.0, "main", 1);
  intend("fused", Engine::ane);
  CHECK(compare().compared == 0);
}

TEST_CASE_METHOD(Fixture, "old networks' layers are matched by their own names") {
  function.old_network = true;
  predict("conv1", Engine::ane);
  intend("conv1", Engine::ane, std::nullopt, "");
  CHECK(compare().agreeing == 1);
}

}  // namespace
}  // namespace anemon::profiler
