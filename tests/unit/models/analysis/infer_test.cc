#include "models/analysis/infer.h"

#include "core/error.h"
#include "tests/catch.h"
#include "tests/unit/models/analysis/inferred.h"

using namespace anemon::models;
using namespace anemon::models::test;

namespace {

constexpr int64_t any = kAnyExtent;

// relu of an input whose type in the function is open.
struct Relu {
  GraphBuilder graph;
  Interface interface;
  ValueId y;

  explicit Relu(Feature feature, Shape stated, TensorType result = GraphBuilder::unstated()) {
    const ValueId x = graph.input(feature.name, DataType::fp16, std::move(stated));
    y = graph.add("relu", {{"x", {x}}}, {std::move(result)})[0];
    interface.inputs.push_back(std::move(feature));
  }
  Inference at(const InputShapes& shapes) { return infer(graph.function(), interface, shapes); }
  Shape shape(const InputShapes& shapes = {}) { return at(shapes).types[y].tensor.shape; }
};

Feature array(Shape shape) {
  Feature feature;
  feature.name = "x";
  feature.kind = FeatureKind::array;
  feature.tensor = {DataType::fp32, true, std::move(shape)};
  return feature;
}

Feature image(int64_t channels, int64_t height, int64_t width) {
  Feature feature = array({channels, height, width});
  feature.kind = FeatureKind::image;
  feature.tensor.dtype = DataType::uint8;
  return feature;
}

}  // namespace

TEST_CASE("an input takes its default shape") {
  CHECK(Relu(array({1, 16}), {any, 16}).shape() == Shape{1, 16});
}

TEST_CASE("an input without a default takes the least its range allows, but at least one") {
  Feature feature = array({});
  feature.flexibility = Flexibility::range;
  feature.ranges = {{4, 8}, {0, any}};
  CHECK(Relu(feature, {any, any}).shape() == Shape{4, 1});
}

TEST_CASE("a shape asked for goes in where the range allows it") {
  Feature feature = array({1, 16});
  feature.flexibility = Flexibility::range;
  feature.ranges = {{1, 8}, {16, any}};
  Relu relu(feature, {any, any});
  CHECK(relu.shape({{"x", {8, 999}}}) == Shape{8, 999});
  CHECK(relu.shape({{"another", {9}}}) == Shape{1, 16});
  CHECK_THROWS_WITH(relu.at({{"x", {9, 16}}}),
                    "input 'x' does not take the shape 9x16: it takes 1..8x16..");
  CHECK_THROWS_AS(relu.at({{"x", {1, 15}}}), anemon::Error);
  CHECK_THROWS_AS(relu.at({{"x", {16}}}), anemon::Error);
}

TEST_CASE("an input of enumerated shapes takes those and lists them otherwise") {
  Feature feature = array({1, 16});
  feature.flexibility = Flexibility::enumerated;
  feature.enumerated = {{1, 16}, {1, 32}};
  Relu relu(feature, {1, any});
  CHECK(relu.shape({{"x", {1, 32}}}) == Shape{1, 32});
  CHECK_THROWS_WITH(relu.at({{"x", {1, 17}}}),
                    "input 'x' does not take the shape 1x17: it takes one of 1x16, 1x32");
}

TEST_CASE("a fixed input takes its shape alone") {
  Relu relu(array({1, 16}), {1, 16});
  CHECK(relu.shape({{"x", {1, 16}}}) == Shape{1, 16});
  CHECK_THROWS_WITH(relu.at({{"x", {2, 16}}}),
                    "input 'x' does not take the shape 2x16: it takes 1x16");
}

TEST_CASE("a shape that the program was not made for is refused, not ignored") {
  Feature feature = array({1, 16});
  feature.ranges = {{1, 8}, {16, 16}};
  Relu relu(feature, {1, 16});
  CHECK_THROWS_WITH(relu.at({{"x", {2, 16}}}),
                    "input 'x' does not take the shape 2x16: its program is made for 1x16");
}

TEST_CASE("no shape has an extent below one, even where nothing bounds it") {
  Feature feature = array({1, 16});
  feature.ranges = {{0, any}, {0, any}};
  CHECK_THROWS_AS(Relu(feature, {any, any}).at({{"x", {0, 16}}}), anemon::Error);
}

TEST_CASE("an image becomes a batch of one, however it is written") {
  Feature feature = image(3, 224, 224);
  feature.ranges = {{3, 3}, {32, 512}, {32, 512}};
  Relu relu(feature, {1, 3, any, any});
  CHECK(relu.shape() == Shape{1, 3, 224, 224});
  CHECK(relu.shape({{"x", {1, 3, 100, 64}}}) == Shape{1, 3, 100, 64});
  CHECK(relu.shape({{"x", {3, 100, 64}}}) == Shape{1, 3, 100, 64});
  CHECK(relu.shape({{"x", {100, 64}}}) == Shape{1, 3, 100, 64});
  CHECK_THROWS_AS(relu.at({{"x", {1, 100, 64}}}), anemon::Error);
}

TEST_CASE("inputs of old networks have five dimensions") {
  Relu channels(array({16}), {1, 1, any, 1, 1}), picture(image(3, 8, 9), {1, 1, 3, any, any});
  channels.graph.function().old_network = picture.graph.function().old_network = true;
  CHECK(channels.shape() == Shape{1, 1, 16, 1, 1});
  CHECK(picture.shape() == Shape{1, 1, 3, 8, 9});
}

TEST_CASE("what the file states fixed stands and is compared") {
  Relu relu(array({1, 16}), {1, 16}, {DataType::fp16, true, {1, 17}});
  const Inference inference = relu.at({});
  CHECK(inference.types[relu.y].tensor.shape == Shape{1, 17});
  REQUIRE(inference.mismatches.size() == 1);
  CHECK(inference.mismatches[0].operation == 0);
  CHECK(inference.mismatches[0].stored.shape == Shape{1, 17});
  CHECK(inference.mismatches[0].inferred.shape == Shape{1, 16});
}

TEST_CASE("what the file leaves open is filled in, what it fixes beside that is compared") {
  Relu filled(array({2, 16}), {any, 16}, {DataType::fp16, true, {any, 16}});
  CHECK(filled.shape() == Shape{2, 16});
  CHECK(filled.at({}).mismatches.empty());
  Relu wrong(array({2, 16}), {any, 16}, {DataType::fp16, true, {any, 15}});
  CHECK(wrong.at({}).mismatches.size() == 1);
  CHECK(wrong.shape() == Shape{any, 15});
  Relu rank(array({2, 16}), {any, 16}, {DataType::fp16, true, {2, 16, 1}});
  CHECK(rank.at({}).mismatches.size() == 1);
}

TEST_CASE("shapes stored in an old network hold at its default only") {
  Feature feature = array({3, 8, 8});
  feature.ranges = {{3, 3}, {8, 16}, {8, 16}};
  Relu relu(feature, {1, 1, 3, any, any}, {DataType::fp32, true, {1, 1, 3, 8, 8}});
  relu.graph.function().old_network = true;
  CHECK(relu.shape() == Shape{1, 1, 3, 8, 8});
  CHECK(relu.shape({{"x", {3, 16, 16}}}) == Shape{1, 1, 3, 16, 16});
  CHECK(relu.at({{"x", {3, 16, 16}}}).mismatches.empty());
}

TEST_CASE("an operation without a rule keeps what the file states") {
  GraphBuilder graph;
  const ValueId x = graph.input("x", DataType::fp16, {1, 16});
  const auto y = graph.add("unheard_of", {{"x", {x}}}, {{DataType::fp16, true, {4, any}}});
  const auto z = graph.add("custom", {{"values", {x}}});
  CHECK(inferred(graph, y[0]) == Shape{4, any});
  CHECK(inferred(graph, z) == kUnranked);
}

TEST_CASE("a target made of shapes is followed") {
  // reshape(x, [shape(x)[0], shape(x)[1] * shape(x)[2] / 2, -1])
  GraphBuilder graph;
  const ValueId x = graph.input("x", DataType::fp16, {2, 6, 4, 5});
  const ValueId shape = graph.add("shape", {{"x", {x}}});
  const ValueId batch =
      graph.add("slice_by_index",
                {{"x", {shape}}, {"begin", {graph.integers({0})}}, {"end", {graph.integers({1})}}});
  const ValueId middle = graph.add(
      "slice_by_size",
      {{"x", {shape}}, {"begin", {graph.integers({1})}}, {"size", {graph.integers({2})}}});
  const ValueId rows =
      graph.add("reduce_prod", {{"x", {middle}}, {"keep_dims", {graph.flag(true)}}});
  const ValueId half = graph.add("floor_div", {{"x", {rows}}, {"y", {graph.integer(2)}}});
  const ValueId cast = graph.add("cast", {{"x", {half}}, {"dtype", {graph.text("int32")}}});
  const ValueId target = graph.add(
      "concat", {{"values", {batch, cast, graph.integers({-1})}}, {"axis", {graph.integer(0)}}});
  const ValueId y = graph.add("reshape", {{"x", {x}}, {"shape", {target}}});
  CHECK(inferred(graph, y) == Shape{2, 12, 10});
  CHECK(infer_built(graph).elements.at(target) == std::vector<double>{2, 12, -1});
}

TEST_CASE("an unknown element of a target leaves the others known") {
  GraphBuilder graph;
  const ValueId x = graph.input("x", DataType::fp16, {2, 12});
  graph.function().values[x].type.tensor.shape[0] = any;
  const ValueId shape = graph.add("shape", {{"x", {x}}});
  const ValueId batch = graph.add("gather", {{"x", {shape}}, {"indices", {graph.integer(0)}}});
  const ValueId target = graph.add(
      "concat",
      {{"values", {batch, graph.integer(3), graph.integer(4)}}, {"axis", {graph.integer(0)}}});
  const ValueId y = graph.add("reshape", {{"x", {x}}, {"shape", {target}}});
  CHECK(infer(graph.function(), {}, {}).types[y].tensor.shape == Shape{any, 3, 4});
}

TEST_CASE("a branch has what both ways have in common") {
  GraphBuilder graph;
  const ValueId x = graph.input("x", DataType::fp16, {1, 16});
  const ValueId wide = graph.add("concat", {{"values", {x, x}}, {"axis", {graph.integer(1)}}});
  const ValueId picked = graph.add("cond", {{"pred", {graph.flag(true)}}});
  Operation& cond = graph.function().body.operations.back();
  cond.blocks = {Block{{}, {}, {x}}, Block{{}, {}, {wide}}};
  CHECK(inferred(graph, picked) == Shape{1, any});
  graph.function().body.operations.back().blocks[1].outputs = {x};
  CHECK(inferred(graph, picked) == Shape{1, 16});
}

TEST_CASE("a loop carries its types in, and out again where a round keeps them") {
  GraphBuilder graph;
  const ValueId x = graph.input("x", DataType::fp16, {1, 16});
  const auto results = graph.add("while_loop", {{"loop_vars", {x, x}}},
                                 {GraphBuilder::unstated(), GraphBuilder::unstated()});
  // One variable is passed through relu, the other grows.
  Function& function = graph.function();
  const auto fresh = [&] {
    function.values.push_back({"", {ValueKind::tensor, GraphBuilder::unstated()}, {}});
    return static_cast<ValueId>(function.values.size() - 1);
  };
  const ValueId kept = fresh(), grown = fresh(), after = fresh(), longer = fresh();
  const ValueId axis = graph.integer(1);
  Block body{{kept, grown}, {}, {after, longer}};
  body.operations.push_back({"relu", "", "", {{"x", {kept}}}, {after}, {}});
  body.operations.push_back(
      {"concat", "", "", {{"values", {grown, x}}, {"axis", {axis}}}, {longer}, {}});
  function.body.operations.back().blocks = {Block{}, body};
  CHECK(inferred(graph, after) == Shape{1, 16});
  CHECK(inferred(graph, longer) == Shape{1, 32});
  CHECK(inferred(graph, results[0]) == Shape{1, 16});
  CHECK(inferred(graph, results[1]) == Shape{1, any});
}

TEST_CASE("a mismatch in a block is counted as the blocks are listed") {
  GraphBuilder graph;
  const ValueId x = graph.input("x", DataType::fp16, {1, 16});
  graph.add("relu", {{"x", {x}}});
  graph.add("cond", {{"pred", {graph.flag(true)}}}, {});
  Function& function = graph.function();
  function.values.push_back({"", {ValueKind::tensor, {DataType::fp16, true, {1, 15}}}, {}});
  const auto wrong = static_cast<ValueId>(function.values.size() - 1);
  Block then;
  then.operations.push_back({"relu", "", "", {{"x", {x}}}, {wrong}, {}});
  function.body.operations.back().blocks = {then, Block{}};
  const auto mismatches = infer_built(graph).mismatches;
  REQUIRE(mismatches.size() == 1);
  CHECK(mismatches[0].operation == 2);
}

TEST_CASE("a tensor of absurd rank is one whose rank is not known") {
  GraphBuilder graph;
  const ValueId x = graph.input("x", DataType::fp16, Shape(100000, 1));
  const ValueId y = graph.add("relu", {{"x", {x}}});
  CHECK(infer(graph.function(), {}, {}).types[y].tensor.ranked == false);
  GraphBuilder grown;
  const ValueId small = grown.input("x", DataType::fp16, Shape(64, 1));
  const ValueId more = grown.add("expand_dims", {{"x", {small}}, {"axes", {grown.integers({0})}}});
  CHECK(infer(grown.function(), {}, {}).types[more].tensor.ranked == false);
}
