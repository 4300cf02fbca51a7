#include "models/rules/readiness.h"

#include "tests/catch.h"
#include "tests/models/graph_builder.h"

namespace anemon::models {
namespace {

using test::GraphBuilder;

constexpr DataType kHalf = DataType::fp16;

// Reports whose placement and findings the test chooses, so that each term is worked out by hand.
struct Case {
  explicit Case(Model given, const Chip& chip = default_chip())
      : model(std::move(given)), analysis(analyse(model)) {
    report.model = &model;
    report.analysis = &analysis;
    report.chip = &chip;
    report.placements.resize(analysis.functions.size());
    for (Placement& placement : report.placements) {
      placement.chip = &chip;
      placement.ane_share = 1.0;
      placement.ane_possible_share = 1.0;
    }
  }
  Case(const Case&) = delete;

  ReadinessTerm term(std::string_view name) const {
    for (ReadinessTerm& each : readiness(report).terms) {
      if (each.name == name) return std::move(each);
    }
    FAIL("no term " << name);
    return {};
  }
  void find(std::string_view rule, std::string function = {}) {
    Finding finding;
    finding.rule = rule;
    finding.function = std::move(function);
    report.findings.push_back(std::move(finding));
  }

  Model model;
  ModelAnalysis analysis;
  Report report;
};

// linear 64 -> 64 over 64 rows: 262144 MACs, 8192 bytes each of weights, inputs and outputs.
Model linear(DataType type = kHalf) {
  GraphBuilder graph;
  const ValueId x = graph.input("x", type, {1, 64, 64});
  graph.output(graph.add("linear", {{"x", {x}}, {"weight", {graph.weight(type, {64, 64})}}},
                         {{type, true, {1, 64, 64}}})[0]);
  return graph.model();
}

TEST_CASE("the score is the sum of five terms of 40, 20, 15, 15 and 10 points") {
  const Case it(linear());
  const Readiness ready = readiness(it.report);
  REQUIRE(ready.terms.size() == 5);
  double of = 0, points = 0;
  for (const ReadinessTerm& each : ready.terms) {
    of += each.of;
    points += each.points;
    CHECK_FALSE(each.evidence.empty());
  }
  CHECK(of == 100);
  CHECK(ready.score == Approx(points));
  CHECK(it.term("residency").of == 40);
  CHECK(it.term("precision").of == 20);
  CHECK(it.term("layout").of == 15);
  CHECK(it.term("memory").of == 15);
  CHECK(it.term("shapes").of == 10);
}

TEST_CASE("residency is the share of the run time, less 5 points per switch beyond the first") {
  Case it(linear());
  Placement& placement = it.report.placements[0];
  placement.ane_share = 0.8;
  placement.ane_possible_share = 0.1;
  CHECK(it.term("residency").points == Approx(32));
  placement.switches = 1;
  CHECK(it.term("residency").points == Approx(32));
  placement.switches = 3;
  CHECK(it.term("residency").points == Approx(22));
  placement.switches = 30;
  CHECK(it.term("residency").points == 0);
}

TEST_CASE("a model that may not use the engine has no residency, and its evidence says why") {
  Model model = linear();
  model.updatable = true;
  Case it(std::move(model));
  it.find("MX-3");
  CHECK(it.term("residency").points == 0);
  CHECK(it.term("residency").of == 40);
  CHECK_THAT(it.term("residency").evidence, ANEMON_CONTAINS("updatable model"));
  CHECK(it.term("residency").rules == std::vector<std::string_view>{"MX-3"});
}

TEST_CASE("where no winner is named residency is what could run on the engine") {
  Case it(linear(), *find_chip("M2"));
  it.report.placements[0].ane_share.reset();
  it.report.placements[0].ane_possible_share = 0.5;
  CHECK(it.term("residency").points == Approx(20));
  CHECK_THAT(it.term("residency").evidence, ANEMON_CONTAINS("can run"));
}

TEST_CASE("precision is the share of the MACs in fp16 or less") {
  CHECK(Case(linear()).term("precision").points == 20);
  CHECK(Case(linear(DataType::fp32)).term("precision").points == 0);
  GraphBuilder graph;
  const ValueId x = graph.input("x", kHalf, {1, 64, 64});
  const ValueId y = graph.input("y", DataType::fp32, {1, 64, 64});
  graph.output(graph.add("linear", {{"x", {x}}, {"weight", {graph.weight(kHalf, {192, 64})}}},
                         {{kHalf, true, {1, 64, 192}}})[0]);
  graph.output(graph.add("linear",
                         {{"x", {y}}, {"weight", {graph.weight(DataType::fp32, {64, 64})}}},
                         {{DataType::fp32, true, {1, 64, 64}}})[0]);
  CHECK(Case(graph.model()).term("precision").points == Approx(15));  // 3 of 4
}

TEST_CASE("old networks are computed in fp16 whatever they store") {
  Model old = linear(DataType::fp32);
  old.functions[0].old_network = true;
  CHECK(Case(std::move(old)).term("precision").points == 20);
}

TEST_CASE("layout is the share of the rows' bytes that is used") {
  CHECK(Case(linear()).term("layout").points == 15);  // rows of 128 bytes
  GraphBuilder graph;
  const ValueId x = graph.input("x", kHalf, {1, 100, 8});  // rows of 16 bytes in 64
  graph.output(graph.add("relu", {{"x", {x}}}, {{kHalf, true, {1, 100, 8}}})[0]);
  CHECK(Case(graph.model()).term("layout").points == Approx(15.0 / 4));
}

TEST_CASE("old networks' bytes are those of fp16, in rows of 64") {
  Model old = linear(DataType::fp32);
  old.functions[0].old_network = true;
  // As the same network in fp16, whose weights are stored in 4 bytes but read as 2.
  const Case it(std::move(old));
  CHECK(it.term("memory").points == Approx(Case(linear()).term("memory").points));
  GraphBuilder graph;
  const Shape shape = {1, 1, 100, 1, 16};  // rows of 64 bytes in fp32, of 32 in fp16
  const ValueId x = graph.input("x", DataType::fp32, shape);
  graph.output(graph.add("relu", {{"x", {x}}}, {{DataType::fp32, true, shape}})[0]);
  graph.function().old_network = true;
  graph.function().exact_arrays = true;
  CHECK(Case(graph.model()).term("layout").points == Approx(15.0 / 2));
}

TEST_CASE("memory is the arithmetic intensity over the chip's ridge") {
  // 2 x 262144 FLOPs over 3 x 8192 bytes = 21.33; M4: 18.6e12 / 64.18e9 = 289.8.
  CHECK(Case(linear()).term("memory").points ==
        Approx(15 * (524288.0 / 24576) / (18.6e12 / 64.18e9)));
  CHECK(Case(linear(), *find_chip("M1")).term("memory").points ==
        Approx(15 * (524288.0 / 24576) / (12e12 / 60.87e9)));
}

TEST_CASE("where the chip's ridge is not known the M4's is taken, and said") {
  const Case it(linear(), *find_chip("A18"));
  CHECK(it.term("memory").points == Approx(Case(linear()).term("memory").points));
  CHECK_THAT(it.term("memory").evidence, ANEMON_CONTAINS("not known for A18"));
}

TEST_CASE("shapes count by the loosest input") {
  const auto points = [](Flexibility flexibility) {
    Model model = linear();
    model.interface.inputs[0].flexibility = flexibility;
    return Case(std::move(model)).term("shapes").points;
  };
  CHECK(points(Flexibility::fixed) == 10);
  CHECK(points(Flexibility::enumerated) == Approx(7));
  CHECK(points(Flexibility::range) == Approx(3));
  CHECK(points(Flexibility::unbounded) == 0);
  Case dependent(linear());
  dependent.find("SH-10", "main");
  CHECK(dependent.term("shapes").points == 0);
}

TEST_CASE("terms that lose points name the rules that were broken, full ones name none") {
  Case it(linear(DataType::fp32));
  it.report.placements[0].ane_share = 0.0;
  it.find("DT-1", "main");
  it.find("DT-1", "main");
  it.find("SH-2", "main");
  it.find("OP-4", "other");
  using Ids = std::vector<std::string_view>;
  CHECK(it.term("residency").rules == Ids{"DT-1"});
  CHECK(it.term("precision").rules == Ids{"DT-1"});
  CHECK(it.term("layout").rules.empty());
  CHECK(it.term("shapes").rules.empty());
}

TEST_CASE("what is no network is not ready at all") {
  Model trees;
  trees.kind = "treeEnsembleClassifier";
  Case it(std::move(trees));
  it.find("MX-3");
  const Readiness ready = readiness(it.report);
  CHECK(ready.score == 0);
  REQUIRE(ready.terms.size() == 5);
  CHECK(ready.terms[0].rules == std::vector<std::string_view>{"MX-3"});
}

TEST_CASE("a pipeline is as ready as its members by their arithmetic") {
  Model pipeline;
  pipeline.kind = "pipeline";
  pipeline.name = "both";
  Model wide = linear(), thin = linear(DataType::fp32), trees;
  wide.name = "wide";
  thin.name = "thin";
  trees.name = "trees";
  pipeline.members = {std::move(wide), std::move(thin), std::move(trees)};
  Case it(std::move(pipeline));
  for (size_t i = 0; i < 3; ++i) {
    Report member;
    member.model = &it.model.members[i];
    member.analysis = &it.analysis.members[i];
    member.chip = it.report.chip;
    if (i < 2) {
      Placement placement;
      placement.chip = it.report.chip;
      placement.ane_share = i == 0 ? 1.0 : 0.5;
      member.placements.push_back(placement);
    }
    it.report.members.push_back(std::move(member));
  }
  // Both networks have as many FLOPs, the trees have none.
  CHECK(it.term("residency").points == Approx(30));
  CHECK(it.term("precision").points == Approx(10));
  CHECK_THAT(it.term("residency").evidence, ANEMON_CONTAINS("thin: 0.50"));
}

}  // namespace
}  // namespace anemon::models
