#include "models/rules/engine_times.h"

#include "tests/catch.h"
#include "tests/models/graph_builder.h"

namespace anemon::models {
namespace {

using test::GraphBuilder;

constexpr DataType kHalf = DataType::fp16;

EngineTimes times(const GraphBuilder& graph, const char* chip, Included included) {
  const Model model = graph.model();
  const ModelAnalysis analysis = analyse(model);
  const FunctionAnalysis& function = analysis.functions.front();
  return engine_times(function, place(function, *find_chip(chip)), included);
}

GraphBuilder network(Shape shape = {1, 64, 64}) {
  GraphBuilder graph;
  ValueId x = graph.input("x", kHalf, shape);
  x = graph.add("relu", {{"x", {x}}}, {{kHalf, true, shape}})[0];
  graph.output(graph.add("linear", {{"x", {x}}, {"weight", {graph.weight(kHalf, {64, 64})}}},
                         {{kHalf, true, shape}})[0]);
  return graph;
}

TEST_CASE("times are known where every operation's is") {
  for (const char* chip : {"M1", "M2 Ultra", "M4", "M5", "M6"}) {
    INFO(chip);
    CHECK(times(network(), chip, Included::possible).known);
    CHECK(times(network(), chip, Included::possible).operations.size() == 2);
  }
}

TEST_CASE("times are not known where the weights' bandwidth is not published") {
  for (const char* chip : {"A14", "A17 Pro", "A18", "M3 Pro", "M3 Ultra", "M5 Pro"}) {
    INFO(chip);
    const EngineTimes unknown = times(network(), chip, Included::possible);
    CHECK_FALSE(unknown.known);
    CHECK(unknown.operations.size() == 1);  // the relu
    CHECK_FALSE(times(network(), chip, Included::chosen).known);
  }
}

TEST_CASE("times of unknown shapes are not known") {
  for (const char* chip : {"M1", "M4"}) {
    CHECK_FALSE(times(network({1, kAnyExtent, 64}), chip, Included::possible).known);
  }
}

TEST_CASE("what does not run on the engine leaves the others' times known") {
  GraphBuilder graph = network();
  const Shape shape = {1, kAnyExtent};
  const ValueId y = graph.input("y", kHalf, shape);
  graph.output(graph.add("cumsum", {{"x", {y}}}, {{kHalf, true, shape}})[0]);
  CHECK(times(graph, "M1", Included::possible).known);
}

TEST_CASE("a call costs what was published for the chip, else the study's constant as folklore") {
  CHECK(dispatch_of(*find_chip("M1")).value == Approx(190e-6));
  CHECK(dispatch_of(*find_chip("M1")).confidence == Confidence::measured);
  for (const char* chip : {"A18", "M2", "M3 Max", "M4"}) {
    const Fact fact = dispatch_of(*find_chip(chip));
    CHECK(fact.value == Approx(kSwitchSeconds));
    CHECK(fact.confidence == Confidence::folklore);
    CHECK_FALSE(fact.source.empty());
    CHECK(dispatch_seconds(*find_chip(chip)) == fact.value);
  }
}

}  // namespace
}  // namespace anemon::models
