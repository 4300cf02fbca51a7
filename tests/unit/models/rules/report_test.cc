#include <algorithm>

#include "models/rules/check.h"
#include "models/rules/rules.h"
#include "tests/catch.h"
#include "tests/unit/models/rules/cases.h"

namespace anemon::models::test {
namespace {

// Off the Neural Engine in its middle, in an old format.
Model hostile(std::string name) {
  GraphBuilder graph;
  ValueId value = relu(graph, graph.input("x", DataType::fp16, {1, 32}));
  value = graph.add("tan", {{"x", {value}}}, {fp16({1, 32})}).front();
  graph.output(relu(graph, value));
  Model model = graph.model();
  model.name = std::move(name);
  model.kind = "neuralNetwork";
  model.functions.front().old_network = true;
  return model;
}

Model trees(std::string name) {
  Model model;
  model.name = std::move(name);
  model.kind = "treeEnsembleRegressor";
  model.trees = TreeEnsemble{.trees = 3, .nodes = 9};
  return model;
}

Model pipeline(std::string name, std::vector<Model> members) {
  Model model;
  model.name = std::move(name);
  model.kind = "pipeline";
  model.members = std::move(members);
  return model;
}

std::vector<std::string> lines(const Report& report) {
  std::vector<std::string> text;
  for (const Finding& each : report.findings) {
    text.push_back(std::string(name_of(each.severity)) + " " + std::string(each.rule) + " " +
                   each.member);
  }
  return text;
}

}  // namespace

TEST_CASE("A pipeline reports its members' findings by their names, errors first") {
  const Model model = pipeline(
      "outer", {trees("forest"), pipeline("inner", {hostile("network")}), hostile("last")});
  const ModelAnalysis analysis = analyse(model);
  const Report report = examine(analysis, default_chip());
  CHECK(lines(report) == std::vector<std::string>{"error OP-4 inner/network", "error OP-4 last",
                                                  "warning PF-1 inner/network",
                                                  "warning MX-2 inner/network", "warning PF-1 last",
                                                  "warning MX-2 last", "info MX-3 forest"});
  REQUIRE(report.members.size() == 3);
  CHECK(report.placements.empty());
  CHECK(lines(report.members[0]) == std::vector<std::string>{"info MX-3 forest"});
  CHECK(report.members[1].findings.size() == 3);
  CHECK(report.members[2].placements.size() == 1);
  CHECK(report.model == &model);
  CHECK(report.chip == &default_chip());
}

TEST_CASE("A model that is no network is said to run on the CPU, without a placement") {
  const Model model = trees("forest");
  const ModelAnalysis analysis = analyse(model);
  const Report report = examine(analysis, default_chip());
  REQUIRE(report.findings.size() == 1);
  CHECK(report.findings.front().what == "CPU only: 3 trees with 9 nodes");
  CHECK(report.findings.front().function.empty());
  CHECK(report.placements.empty());
}

TEST_CASE("Of several functions each has its own findings, the file's come once") {
  Model model = hostile("network");
  model.functions.push_back(model.functions.front());
  model.functions.back().name = "other";
  const ModelAnalysis analysis = analyse(model);
  const Report report = examine(analysis, default_chip());
  const auto count = [&](std::string_view rule, std::string_view function) {
    return std::count_if(report.findings.begin(), report.findings.end(), [&](const Finding& each) {
      return each.rule == rule && each.function == function;
    });
  };
  CHECK(count("OP-4", "main") == 1);
  CHECK(count("OP-4", "other") == 1);
  CHECK(count("MX-2", "") == 1);
  CHECK(report.placements.size() == 2);
}

TEST_CASE("Operations without a name are told apart by their number") {
  Model model = hostile("network");
  for (Operation& each : model.functions.front().body.operations) each.name.clear();
  const ModelAnalysis analysis = analyse(model);
  const Report report = examine(analysis, default_chip());
  CHECK_THAT(report.findings.front().what, ANEMON_CONTAINS("(tan number 1)"));
}

TEST_CASE("A finding names the first few operations and numbers all of them") {
  GraphBuilder graph;
  ValueId value = graph.input("x", DataType::fp16, {1, 32});
  for (int i = 0; i < 7; ++i) value = graph.add("tan", {{"x", {value}}}, {fp16({1, 32})}).front();
  graph.output(value);
  const Model model = graph.model();
  const ModelAnalysis analysis = analyse(model);
  const Report report = examine(analysis, default_chip());
  const Finding& finding = report.findings.front();
  CHECK(finding.rule == "OP-4");
  CHECK_THAT(finding.what, ANEMON_CONTAINS("7 operations (tan_0, tan_1, tan_2 and 4 more)"));
  CHECK(finding.operations == std::vector<size_t>{0, 1, 2, 3, 4, 5, 6});
  // None of the Neural Engine's beside them: no switch to save.
  CHECK_FALSE(finding.seconds_saved.has_value());
  CHECK(finding.effect.empty());
}

TEST_CASE("Activations come once each, be they a few or very many") {
  for (const size_t count : {size_t{3}, size_t{40}, size_t{400'000}}) {
    GraphBuilder graph;
    std::vector<ValueId> values;
    for (size_t i = 0; i < count; ++i) {
      values.push_back(static_cast<ValueId>(graph.function().values.size()));
      graph.function().values.push_back({"", {ValueKind::tensor, fp16({1})}, {}});
    }
    std::vector<ValueId> expected = values;
    values.insert(values.end(), expected.begin(), expected.end());
    values.push_back(graph.weight(DataType::fp16, {1}));
    expected.push_back(graph.add("concat", {{"values", values}}, {fp16({1})}).front());
    const Model model = graph.model();
    const ModelAnalysis analysis = analyse(model);
    const FunctionAnalysis& function = analysis.functions.front();
    const FunctionFacts facts(function, default_chip());
    const RuleContext context{model, analysis, &function, nullptr, default_chip(), &facts};
    CHECK((activations_of(context, 0) == expected));
  }
}

TEST_CASE("A model without findings is clean, and so is an empty one") {
  GraphBuilder graph;
  const ValueId x = graph.input("x", DataType::fp16, {1, 512, 64, 64});
  const ValueId weight = graph.weight(DataType::fp16, {512, 512, 3, 3});
  graph.output(graph
                   .add("conv",
                        {{"x", {x}}, {"weight", {weight}}, {"pad_type", {graph.text("same")}}},
                        {fp16({1, 512, 64, 64})})
                   .front());
  const Model model = graph.model();
  const ModelAnalysis analysis = analyse(model);
  CHECK(lines(examine(analysis, default_chip())).empty());

  GraphBuilder empty;
  const Model nothing = empty.model();
  const ModelAnalysis of_nothing = analyse(nothing);
  CHECK(lines(examine(of_nothing, default_chip())).empty());
}

}  // namespace anemon::models::test
