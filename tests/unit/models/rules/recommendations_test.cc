#include "models/rules/recommendations.h"

#include <algorithm>

#include "models/rules/options.h"
#include "tests/catch.h"
#include "tests/unit/models/rules/cases.h"

namespace anemon::models::test {
namespace {

using Recommendations = std::vector<Recommendation>;

Recommendations recommended(const Model& model, std::string_view chip = "M4") {
  const ModelAnalysis analysis = analyse(model);
  return recommend(examine(analysis, *find_chip(chip)));
}

const Recommendation* find(const Recommendations& all, std::string_view id) {
  const auto found = std::find_if(all.begin(), all.end(),
                                  [&](const Recommendation& each) { return each.id == id; });
  return found == all.end() ? nullptr : &*found;
}

bool any_for_weights(const Recommendations& all) {
  return find(all, "int8-weights") || find(all, "palettise") || find(all, "prune");
}

// Four matrices of 4096 x 4096 applied to one vector: bound by reading 134 MB of weights.
constexpr double kWeights = 4 * 4096.0 * 4096;
Model reading_weights(bool quantised, int64_t samples = 1) {
  GraphBuilder graph;
  ValueId value = graph.input("x", DataType::fp16, {samples, 4096});
  for (int i = 0; i < 4; ++i) {
    ValueId weight = graph.weight(quantised ? DataType::int8 : DataType::fp16, {4096, 4096});
    if (quantised) {
      const ValueId scale = graph.weight(DataType::fp16, {4096, 1});
      weight = graph
                   .add("constexpr_blockwise_shift_scale", {{"data", {weight}}, {"scale", {scale}}},
                        {fp16({4096, 4096})})
                   .front();
    }
    value = graph.add("linear", {{"x", {value}}, {"weight", {weight}}}, {fp16({samples, 4096})})
                .front();
  }
  graph.output(value);
  return graph.model();
}

// Convolutions of 512 channels: bound by 9.7 GMACs each.
Model computing(int layers) {
  GraphBuilder graph;
  ValueId value = graph.input("x", DataType::fp16, {1, 512, 64, 64});
  for (int i = 0; i < layers; ++i) {
    const ValueId weight = graph.weight(DataType::fp16, {512, 512, 3, 3});
    value =
        graph
            .add("conv", {{"x", {value}}, {"weight", {weight}}, {"pad_type", {graph.text("same")}}},
                 {fp16({1, 512, 64, 64})})
            .front();
  }
  graph.output(value);
  return graph.model();
}

Model tiny(int64_t samples) {
  GraphBuilder graph;
  graph.output(relu(graph, graph.input("x", DataType::fp16, {samples, 32})));
  return graph.model();
}

}  // namespace

TEST_CASE("Smaller weights are advised where reading them takes the time, by what that saves") {
  const Recommendations all = recommended(reading_weights(false));
  const Recommendation* int8 = find(all, "int8-weights");
  const Recommendation* palettes = find(all, "palettise");
  const Recommendation* pruned = find(all, "prune");
  REQUIRE((int8 && palettes && pruned));
  CHECK(*int8->bytes_saved == Approx(kWeights));
  CHECK(*palettes->bytes_saved == Approx(kWeights * 1.5));
  CHECK(*pruned->bytes_saved == Approx(kWeights * 11 / 8));
  // Reading is the bandwidth of an M4, measured as 64.18 GB/s; nothing else comes near.
  CHECK(*int8->seconds_saved == Approx(kWeights / 64.18e9));
  CHECK(*int8->joules_saved == Approx(kWeights * 50e-12));
  CHECK(int8->operations == std::vector<size_t>{0, 1, 2, 3});
  CHECK(int8->function == "main");
  CHECK_THAT(int8->basis, ANEMON_CONTAINS("134.2 MB of weights at 16 bits"));
  CHECK_THAT(int8->basis, ANEMON_CONTAINS("64.2 GB/s"));
  CHECK_THAT(int8->basis, ANEMON_CONTAINS("50 pJ/B (a constant of the compiler's model"));
  // On a chip for which no winner can be named the bandwidth is known all the same.
  CHECK(find(recommended(reading_weights(false), "M2"), "palettise") != nullptr);
}

TEST_CASE("Weights that are quantised already are not advised to be so again") {
  CHECK_FALSE(any_for_weights(recommended(reading_weights(true))));
}

TEST_CASE("Smaller weights are not advised where arithmetic takes the time") {
  CHECK_FALSE(any_for_weights(recommended(computing(4))));
}

TEST_CASE("Smaller weights are not advised for small ones") {
  const auto with_weights = [](int64_t outputs) {
    GraphBuilder graph;
    const ValueId x = graph.input("x", DataType::fp16, {1, 1024});
    const ValueId weight = graph.weight(DataType::fp16, {outputs, 1024});
    graph.output(
        graph.add("linear", {{"x", {x}}, {"weight", {weight}}}, {fp16({1, outputs})}).front());
    return graph.model();
  };
  static_assert(kLargeWeights == 2 * 1024 * 1024);
  CHECK_FALSE(any_for_weights(recommended(with_weights(1024), "M2")));
  CHECK(any_for_weights(recommended(with_weights(1025), "M2")));
}

TEST_CASE("Old networks unpack when they load: smaller files, no time saved") {
  Model model = reading_weights(false);
  model.kind = "neuralNetwork";
  model.functions.front().old_network = true;
  const Recommendations all = recommended(model);
  const Recommendation* int8 = find(all, "int8-weights");
  REQUIRE(int8 != nullptr);
  CHECK(*int8->bytes_saved == Approx(kWeights));
  CHECK_FALSE(int8->seconds_saved.has_value());
  CHECK_FALSE(int8->joules_saved.has_value());
}

TEST_CASE("Integer arithmetic is advised where arithmetic takes the time and the chip has it") {
  const Recommendations all = recommended(computing(4));
  const Recommendation* option = find(all, "w8a8");
  REQUIRE(option != nullptr);
  CHECK(option->operations == std::vector<size_t>{0, 1, 2, 3});
  // 4 x 2 x 512 x 512 x 9 x 4096 FLOPs at 16.15 TFLOP/s, of which 1 - 1/1.88 at most is saved.
  const double seconds = 8.0 * 512 * 512 * 9 * 4096 / 16.15e12;
  CHECK(*option->seconds_saved < seconds * (1 - 1 / 1.88) * 1.01);
  CHECK(*option->seconds_saved > seconds * (1 - 1 / 1.88) * 0.99);
  CHECK_THAT(option->basis, ANEMON_CONTAINS("up to 1.88 times as fast on M4"));
  CHECK(find(recommended(computing(4), "M3"), "w8a8") == nullptr);
  CHECK(find(recommended(reading_weights(false)), "w8a8") == nullptr);
}

TEST_CASE("Larger batches are advised for single samples that calls or weights take longer than") {
  // Where no winner can be named, it may be called for.
  const Recommendations small = recommended(tiny(1), "M1");
  const Recommendation* batch = find(small, "batch");
  REQUIRE(batch != nullptr);
  CHECK(batch->title == "Predict 64 samples in one call");
  CHECK(*batch->seconds_saved == Approx(find_chip("M1")->dispatch_seconds->value * 63 / 64));
  CHECK(find(small, "PF-1") == nullptr);  // the same advice, without the weights
  CHECK(find(recommended(tiny(2), "M1"), "batch") == nullptr);
  // On the M4 it goes to the CPU: no call is made, and none is saved.
  CHECK(recommended(tiny(1)).empty());

  const Recommendations reading = recommended(reading_weights(false));
  const Recommendation* shared = find(reading, "batch");
  REQUIRE(shared != nullptr);
  // 7 of 8 reads of all weights, and of 8 calls, are saved.
  CHECK(*shared->seconds_saved == Approx((2 * kWeights / 64.18e9 + 0.125e-3) * 7 / 8));
  CHECK(shared->operations.size() == 4);

  CHECK(find(recommended(computing(4)), "batch") == nullptr);
}

TEST_CASE("A state is for one sequence: no larger batch") {
  Model model = tiny(1);
  model.interface.states.push_back(model.interface.inputs.front());
  CHECK(find(recommended(model), "batch") == nullptr);
}

TEST_CASE("Recommendations come largest first, seconds before bytes, and each has a gain") {
  GraphBuilder graph;
  ValueId value = graph.input("x", DataType::fp16, {1, 4096});
  for (int i = 0; i < 4; ++i) {
    const ValueId weight = graph.weight(DataType::fp16, {4096, 4096});
    value = graph.add("linear", {{"x", {value}}, {"weight", {weight}}}, {fp16({1, 4096})}).front();
    if (i == 1) value = graph.add("tan", {{"x", {value}}}, {fp16({1, 4096})}).front();
  }
  value = graph.add("cast", {{"x", {value}}, {"dtype", {graph.text("fp32")}}}, {fp32({1, 4096})})
              .front();
  graph.output(relu(graph, value));
  const Recommendations all = recommended(graph.model());
  std::vector<std::string> ids;
  for (const Recommendation& each : all) {
    ids.push_back(each.id);
    CHECK((each.seconds_saved || each.bytes_saved || each.joules_saved));
    CHECK_FALSE(each.title.empty());
    CHECK_FALSE(each.change.empty());
    CHECK_FALSE(each.basis.empty());
  }
  CHECK(ids ==
        std::vector<std::string>{"batch", "palettise", "prune", "int8-weights", "OP-4", "DT-1"});
  const Recommendation& interruption = all[4];
  CHECK(interruption.title == "operations the Neural Engine does not have");
  CHECK(interruption.operations == std::vector<size_t>{2});
  // The two matrices before it stay on the CPU, as predicted: one switch.
  CHECK(*interruption.seconds_saved == Approx(0.125e-3));
  CHECK(find(recommended(graph.model(), "M1"), "OP-4") == nullptr);  // no switches are predicted
}

TEST_CASE("A pipeline's recommendations name the member") {
  Model model;
  model.kind = "pipeline";
  Model member = reading_weights(false);
  member.name = "decoder";
  model.members.push_back(std::move(member));
  const Recommendations all = recommended(model);
  REQUIRE_FALSE(all.empty());
  for (const Recommendation& each : all) CHECK(each.member == "decoder");
}

TEST_CASE("Nothing is recommended where nothing can be gained") {
  Model model;
  model.kind = "treeEnsembleRegressor";
  model.trees = TreeEnsemble{.trees = 3, .nodes = 9};
  CHECK(recommended(model).empty());
  CHECK(recommended(computing(4), "M3").empty());
}

}  // namespace anemon::models::test
