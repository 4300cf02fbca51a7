#include "models/analysis/analysis.h"

#include <algorithm>

#include "core/error.h"
#include "tests/catch.h"
#include "tests/models/graph_builder.h"

namespace anemon::models {
namespace {

using test::GraphBuilder;

constexpr DataType kHalf = DataType::fp16;

TensorType half(Shape shape) { return {kHalf, true, std::move(shape)}; }

// input [?,4] -> linear 4x8 -> relu, the batch between 2 and 64.
Model flexible(const std::string& input = "x", int64_t width = 8) {
  GraphBuilder graph;
  const ValueId x = graph.input(input, kHalf, {kAnyExtent, 4});
  const ValueId y = graph.add("linear", {{"x", {x}}, {"weight", {graph.weight(kHalf, {width, 4})}}},
                              {half({kAnyExtent, width})})[0];
  graph.output(graph.add("relu", {{"x", {y}}}, {half({kAnyExtent, width})})[0]);
  Model model = graph.model();
  Feature& feature = model.interface.inputs.front();
  feature.tensor.shape = {3, 4};
  feature.flexibility = Flexibility::range;
  feature.ranges = {{2, 64}, {4, 4}};
  return model;
}

TEST_CASE("a network is counted at its default shape") {
  const Model model = flexible();
  const ModelAnalysis analysis = analyse(model);
  REQUIRE(analysis.functions.size() == 1);
  const FunctionAnalysis& function = analysis.functions.front();
  CHECK(function.total.macs == 96);          // 3*8 x 4
  CHECK(function.total.vector_flops == 24);  // relu
  CHECK(function.total.complete);
  CHECK(function.total.precision == kHalf);
  CHECK(function.macs_by_type == std::map<std::string, uint64_t>{{"linear", 96}});
  CHECK(function.histogram == std::map<std::string, uint64_t>{{"linear", 1}, {"relu", 1}});
  CHECK(function.total.parameters == 32);
  CHECK(function.peak_activation_bytes_min == 96);   // linear's 3*8*2 and relu's
  CHECK(function.peak_activation_bytes_max == 120);  // and x's 3*4*2
}

TEST_CASE("a network is counted at the shape asked for") {
  const Model model = flexible();
  CHECK(analyse(model, {{"x", {10, 4}}}).functions.front().total.macs == 320);
}

TEST_CASE("a name that is no input is refused with the inputs' names") {
  const Model model = flexible();
  try {
    analyse(model, {{"y", {10, 4}}});
    FAIL("not refused");
  } catch (const Error& error) {
    CHECK_THAT(error.what(), ANEMON_CONTAINS("\"y\""));
    CHECK_THAT(error.hint(), ANEMON_CONTAINS("x"));
  }
}

TEST_CASE("a shape that the input does not take is refused") {
  const Model model = flexible();
  CHECK_THROWS_AS(analyse(model, {{"x", {65, 4}}}), Error);
  CHECK_THROWS_AS(analyse(model, {{"x", {4}}}), Error);
}

TEST_CASE("in a pipeline a shape goes to the member that has the input") {
  Model pipeline;
  pipeline.name = "both";
  pipeline.kind = "pipeline";
  pipeline.members = {flexible("image", 8), flexible("features", 16)};
  const ModelAnalysis analysis = analyse(pipeline, {{"features", {7, 4}}});
  REQUIRE(analysis.members.size() == 2);
  CHECK(analysis.members[0].functions.front().total.macs == 96);
  CHECK(analysis.members[1].functions.front().total.macs == 448);  // 7*16 x 4
  CHECK(analysis.members[1].model == &pipeline.members[1]);
  CHECK_THROWS_AS(analyse(pipeline, {{"neither", {7, 4}}}), Error);
}

TEST_CASE("functions of one model take the shapes of their own inputs") {
  Model model = flexible();
  model.functions.push_back(flexible("prompt").functions.front());
  model.functions.back().name = "prefill";
  Interface main = model.interface;
  main.function = "main";
  Interface prefill = flexible("prompt").interface;
  prefill.function = "prefill";
  model.interfaces = {main, prefill};
  const ModelAnalysis analysis = analyse(model, {{"prompt", {5, 4}}});
  CHECK(analysis.functions[0].total.macs == 96);
  CHECK(analysis.functions[1].total.macs == 160);  // 5*8 x 4
}

TEST_CASE("a weight that two operations read counts for each, and once in all") {
  GraphBuilder graph;
  const ValueId x = graph.input("x", kHalf, {1, 4});
  const ValueId weight = graph.weight(kHalf, {4, 4});
  const ValueId y = graph.add("linear", {{"x", {x}}, {"weight", {weight}}}, {half({1, 4})})[0];
  graph.output(graph.add("linear", {{"x", {y}}, {"weight", {weight}}}, {half({1, 4})})[0]);
  const Model model = graph.model();
  const ModelAnalysis analysis = analyse(model);
  const FunctionAnalysis& function = analysis.functions.front();
  for (const AnalysedOperation& each : function.operations) {
    CHECK(each.cost.weight_bytes_stored == 32);
    CHECK(each.cost.parameters == 16);
  }
  CHECK(function.total.weight_bytes_stored == 32);
  CHECK(function.total.weight_bytes_computed == 32);
  CHECK(function.total.parameters == 16);
  CHECK(function.total.macs == 32);
  CHECK(function.blobs == 1);
  CHECK(function.blob_bytes == 32);
  CHECK(function.blob_elements == 16);
}

// cond { relu } { relu, linear }
ValueId branch(GraphBuilder& graph, ValueId x, ValueId weight) {
  Function& function = graph.function();
  const ValueId result = graph.add("cond", {{"pred", {graph.flag(true)}}}, {half({1, 4})})[0];
  for (const bool linear : {false, true}) {
    Block block;
    ValueId last = graph.add("relu", {{"x", {x}}}, {half({1, 4})})[0];
    block.operations.push_back(function.body.operations.back());
    function.body.operations.pop_back();
    if (linear) {
      last = graph.add("linear", {{"x", {last}}, {"weight", {weight}}}, {half({1, 4})})[0];
      block.operations.push_back(function.body.operations.back());
      function.body.operations.pop_back();
    }
    block.outputs = {last};
    function.body.operations.back().blocks.push_back(block);
  }
  return result;
}

Model branching() {
  GraphBuilder graph;
  const ValueId x = graph.input("x", kHalf, {1, 4});
  const ValueId weight = graph.weight(kHalf, {4, 4});
  const ValueId result = branch(graph, x, weight);
  graph.output(graph.add("relu", {{"x", {result}}}, {half({1, 4})})[0]);
  return graph.model();
}

TEST_CASE("each holder of blocks has the cost of its own") {
  GraphBuilder graph;
  const ValueId x = graph.input("x", kHalf, {1, 4});
  const ValueId weight = graph.weight(kHalf, {4, 4});
  graph.output(branch(graph, branch(graph, x, weight), weight));
  const Model model = graph.model();
  const ModelAnalysis analysis = analyse(model);
  const FunctionAnalysis& function = analysis.functions.front();
  CHECK(function.operations[0].cost.macs == 16);
  CHECK(function.operations[4].cost.macs == 16);
  CHECK(function.total.macs == 32);
  CHECK(function.total.weight_bytes_stored == 32);
}

TEST_CASE("operations of blocks follow the one that holds them and are part of its cost") {
  const Model model = branching();
  const ModelAnalysis analysis = analyse(model);
  const FunctionAnalysis& function = analysis.functions.front();
  std::vector<std::string> order;
  for (const AnalysedOperation& each : function.operations) {
    order.push_back(std::to_string(each.depth) + each.operation->type);
  }
  CHECK(order == std::vector<std::string>{"0cond", "1relu", "1relu", "1linear", "0relu"});
  CHECK(function.operations[0].block == &model.functions.front().body);
  CHECK(function.operations[1].block == &model.functions.front().body.operations[0].blocks[0]);
  CHECK(function.operations[0].cost.macs == 16);
  CHECK(function.operations[0].cost.vector_flops == 8);
  CHECK(function.operations[0].cost.weight_bytes_stored == 32);
  CHECK(function.operations[4].cost.vector_flops == 4);
  // Not twice because the holder has them too.
  CHECK(function.total.macs == 16);
  CHECK(function.total.vector_flops == 12);
  CHECK(function.total.weight_bytes_stored == 32);
  CHECK(function.histogram ==
        std::map<std::string, uint64_t>{{"cond", 1}, {"linear", 1}, {"relu", 3}});
}

TEST_CASE("old networks are counted by layer") {
  GraphBuilder graph("");
  Function& function = graph.function();
  function.old_network = true;
  const ValueId x = graph.input("x", DataType::fp32, {1, 1, 4, 1, 1});
  ValueId y = graph.add("relu", {{"x", {x}}}, {{DataType::fp32, true, {1, 1, 4, 1, 1}}})[0];
  function.body.operations.back().layer = "activation";
  y = graph.add("sigmoid", {{"x", {y}}}, {{DataType::fp32, true, {1, 1, 4, 1, 1}}})[0];
  function.body.operations.back().layer = "activation";
  graph.output(y);
  Model model = graph.model();
  CHECK(analyse(model).functions.front().histogram ==
        std::map<std::string, uint64_t>{{"activation", 2}});
}

TEST_CASE("a total says when a part of it is not known") {
  GraphBuilder graph;
  const ValueId x = graph.input("x", kHalf, {1, 4});
  const ValueId y = graph.add("frobnicate", {{"x", {x}}}, {half({1, 4})})[0];
  graph.output(graph.add("relu", {{"x", {y}}}, {half({1, 4})})[0]);
  const Model model = graph.model();
  const ModelAnalysis analysis = analyse(model);
  CHECK_FALSE(analysis.functions.front().total.complete);
  CHECK(analysis.functions.front().operations.back().cost.complete);
}

TEST_CASE("const operations are counted and cost nothing") {
  GraphBuilder graph;
  const ValueId x = graph.input("x", kHalf, {1, 4});
  const ValueId weight = graph.add("const", {}, {half({4})})[0];
  Constant constant;
  constant.type = half({4});
  constant.blob = BlobPlace{"weight.bin", 64};
  constant.missing = true;
  graph.function().values[weight].constant = constant;
  graph.output(graph.add("add", {{"x", {x}}, {"y", {weight}}}, {half({1, 4})})[0]);
  const Model model = graph.model();
  const ModelAnalysis analysis = analyse(model);
  const FunctionAnalysis& function = analysis.functions.front();
  CHECK(function.constants == 1);
  CHECK(function.operations[0].cost.weight_bytes_stored == 0);
  CHECK(function.operations[1].cost.weight_bytes_stored == 8);
  CHECK(function.total.weight_bytes_stored == 8);
  CHECK(function.total.complete);
}

}  // namespace
}  // namespace anemon::models
