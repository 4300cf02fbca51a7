// Images, recurrent layers, weights, states, lists and what comes from nothing, by hand.
#include "tests/catch.h"
#include "tests/unit/models/analysis/inferred.h"

using namespace anemon::models;
using namespace anemon::models::test;

namespace {

constexpr int64_t any = kAnyExtent;

Shape of_x(const std::string& type, Shape x,
           const std::vector<std::pair<std::string, std::vector<int64_t>>>& lists) {
  GraphBuilder graph;
  std::vector<Argument> arguments{{"x", {graph.input("x", DataType::fp16, std::move(x))}}};
  for (const auto& [name, list] : lists) arguments.push_back({name, {graph.integers(list)}});
  return inferred(graph, graph.add(type, arguments));
}

std::vector<TensorType> unstated(size_t count) {
  return std::vector<TensorType>(count, GraphBuilder::unstated());
}

std::vector<Shape> shapes_of(GraphBuilder& graph, const std::vector<ValueId>& ids) {
  std::vector<Shape> shapes;
  for (const ValueId id : ids) shapes.push_back(inferred(graph, id));
  return shapes;
}

}  // namespace

TEST_CASE("upsampling multiplies the last two dimensions, by fractions too") {
  GraphBuilder graph;
  const ValueId x = graph.input("x", DataType::fp16, {1, 3, 7, any});
  const ValueId y = graph.add("upsample_bilinear",
                              {{"x", {x}},
                               {"scale_factor_height", {graph.numbers(DataType::fp32, {}, {1.5})}},
                               {"scale_factor_width", {graph.integer(2)}}});
  CHECK(inferred(graph, y) == Shape{1, 3, 10, any});
}

TEST_CASE("resizing sets the last dimensions") {
  CHECK(of_x("resize_bilinear", {1, 3, 7, 7},
             {{"target_size_height", {9}}, {"target_size_width", {4}}}) == Shape{1, 3, 9, 4});
  CHECK(of_x("resize", {1, 3, 7, 8}, {{"shape", {0, 5}}, {"resized_dims", {2}}}) ==
        Shape{1, 3, 7, 5});
  CHECK(of_x("resize", {1, 3, 7, 8}, {{"shape", {5}}, {"resized_dims", {2}}}) == kUnranked);
  CHECK(of_x("affine", {1, 3, 7, 8}, {{"output_height", {4}}, {"output_width", {5}}}) ==
        Shape{1, 3, 4, 5});
}

TEST_CASE("pixels move between channels and space") {
  CHECK(of_x("pixel_shuffle", {1, 12, 3, 4}, {{"upscale_factor", {2}}}) == Shape{1, 3, 6, 8});
  CHECK(of_x("pixel_unshuffle", {1, 3, 6, 8}, {{"downscale_factor", {2}}}) == Shape{1, 12, 3, 4});
  CHECK(of_x("depth_to_space", {2, 1, 12, 3, 4}, {{"block_size", {2}}}) == Shape{2, 1, 3, 6, 8});
  CHECK(of_x("space_to_batch", {1, 3, 5, 6},
             {{"block_shape", {2, 3}}, {"paddings", {0, 1, 0, 0}}}) == Shape{6, 3, 3, 2});
  CHECK(of_x("batch_to_space", {6, 3, 3, 2}, {{"block_shape", {2, 3}}, {"crops", {0, 1, 0, 0}}}) ==
        Shape{1, 3, 5, 6});
}

TEST_CASE("crops of boxes have the form of their opset") {
  const auto crop = [](const std::string& argument, Shape x, Shape boxes, bool old) {
    GraphBuilder graph;
    graph.function().old_network = old;
    return inferred(
        graph,
        graph.add("crop_resize", {{"x", {graph.input("x", DataType::fp16, std::move(x))}},
                                  {argument, {graph.input("b", DataType::fp16, std::move(boxes))}},
                                  {"target_height", {graph.integer(6)}},
                                  {"target_width", {graph.integer(8)}}}));
  };
  CHECK(crop("roi", {2, 3, 9, 9}, {5, 1, 4, 1, 1}, false) == Shape{5, 2, 3, 6, 8});
  CHECK(crop("boxes", {2, 3, 9, 9}, {5, 4}, false) == Shape{5, 3, 6, 8});
  CHECK(crop("roi", {1, 2, 3, 9, 9}, {5, 1, 4, 1, 1}, true) == Shape{5, 2, 3, 6, 8});
  CHECK(crop("roi", {1, 2, 3, 9, 9}, {5, 1, 5, 1, 1}, true) == Shape{5, 1, 3, 6, 8});
}

TEST_CASE("recurrent layers give their steps, then their states") {
  const auto lstm = [](Shape x, std::vector<Argument> (*more)(GraphBuilder&)) {
    GraphBuilder graph;
    std::vector<Argument> arguments = more(graph);
    arguments.push_back({"x", {graph.input("x", DataType::fp16, std::move(x))}});
    arguments.push_back({"weight_hh", {graph.weight(DataType::fp16, {32, 8})}});
    return shapes_of(graph, graph.add("lstm", arguments, unstated(3)));
  };
  CHECK(lstm({10, 2, 4}, [](GraphBuilder&) { return std::vector<Argument>{}; }) ==
        std::vector<Shape>{{1, 2, 8}, {2, 8}, {2, 8}});
  CHECK(lstm({10, 2, 4}, [](GraphBuilder& graph) {
          return std::vector<Argument>{{"direction", {graph.text("bidirectional")}},
                                       {"output_sequence", {graph.flag(true)}}};
        }) == std::vector<Shape>{{10, 2, 16}, {2, 16}, {2, 16}});
  CHECK(lstm({10, 2, 4, 1, 1}, [](GraphBuilder& graph) {
          return std::vector<Argument>{{"direction", {graph.text("bidirectional")}},
                                       {"hidden_size", {graph.integer(8)}},
                                       {"output_sequence", {graph.flag(true)}}};
        }) == std::vector<Shape>{{10, 2, 16, 1, 1}, {1, 2, 8, 1, 1}, {1, 2, 8, 1, 1}});
}

TEST_CASE("unpacked weights have the shape of what is packed") {
  GraphBuilder graph;
  const auto weight = [&](DataType dtype, Shape shape) {
    return graph.weight(dtype, std::move(shape));
  };
  const ValueId affine = graph.add("constexpr_affine_dequantize",
                                   {{"quantized_data", {weight(DataType::uint8, {8, 3, 3, 3})}},
                                    {"scale", {weight(DataType::fp16, {8})}}});
  const ValueId packed =
      graph.add("constexpr_lut_to_dense", {{"indices", {weight(DataType::uint8, {12})}},
                                           {"lut", {weight(DataType::fp16, {16})}},
                                           {"shape", {graph.integers({4, 6})}}});
  const ValueId vectors =
      graph.add("constexpr_lut_to_dense", {{"indices", {weight(DataType::uint4, {4, 6})}},
                                           {"lut", {weight(DataType::fp16, {1, 1, 16, 2})}},
                                           {"vector_axis", {graph.integer(0)}}});
  const ValueId sparse =
      graph.add("constexpr_sparse_to_dense", {{"nonzero_data", {weight(DataType::fp16, {5})}},
                                              {"mask", {weight(DataType::uint1, {4, 6})}}});
  const ValueId blocks =
      graph.add("constexpr_blockwise_shift_scale", {{"data", {weight(DataType::int4, {64, 128})}},
                                                    {"scale", {weight(DataType::fp16, {64, 4})}}});
  const auto masked = graph.add("constexpr_lut_to_sparse",
                                {{"indices_mask", {weight(DataType::uint1, {4, 6})}},
                                 {"indices_nonzero_data", {weight(DataType::uint4, {5})}},
                                 {"lut", {weight(DataType::int8, {1, 1, 16, 1})}}},
                                unstated(2));
  const Inference inference = infer_built(graph);
  const auto type = [&](ValueId id) { return inference.types[id].tensor; };
  CHECK(type(affine) == TensorType{DataType::fp16, true, {8, 3, 3, 3}});
  CHECK(type(packed) == TensorType{DataType::fp16, true, {4, 6}});
  CHECK(type(vectors) == TensorType{DataType::fp16, true, {8, 6}});
  CHECK(type(sparse) == TensorType{DataType::fp16, true, {4, 6}});
  CHECK(type(blocks) == TensorType{DataType::fp16, true, {64, 128}});
  CHECK(type(masked[0]) == TensorType{DataType::uint1, true, {4, 6}});
  CHECK(type(masked[1]) == TensorType{DataType::int8, true, {5}});
}

TEST_CASE("reading a state gives what it wraps") {
  GraphBuilder graph;
  const ValueId state = graph.input("cache", DataType::fp16, {1, 8, 64});
  graph.function().values[state].type.kind = ValueKind::state;
  const ValueId value = graph.add("read_state", {{"input", {state}}});
  const ValueId updated =
      graph.add("coreml_update_state", {{"state", {state}}, {"value", {value}}});
  CHECK(inferred(graph, value) == Shape{1, 8, 64});
  CHECK(inferred(graph, updated) == Shape{1, 8, 64});
}

TEST_CASE("a list learns its elements from what is written and gives them back") {
  GraphBuilder graph;
  const ValueId rows = graph.input("rows", DataType::fp32, {5, 1, 16});
  const ValueId made = graph.add(
      "make_list",
      {{"elem_shape", {graph.text("open"), graph.integer(16)}}, {"dtype", {graph.text("fp32")}}});
  const ValueId indices = graph.integers({0, 1, 2, 3, 4});
  const ValueId filled =
      graph.add("list_scatter", {{"ls", {made}}, {"indices", {indices}}, {"value", {rows}}});
  const ValueId one = graph.add("list_read", {{"ls", {filled}}, {"index", {graph.integer(0)}}});
  const ValueId all = graph.add("list_gather", {{"ls", {filled}}, {"indices", {indices}}});
  const ValueId length = graph.add("list_length", {{"ls", {filled}}});
  CHECK(inferred(graph, made) == Shape{any, 16});
  CHECK(inferred(graph, one) == Shape{1, 16});
  CHECK(inferred(graph, all) == Shape{5, 1, 16});
  CHECK(inferred(graph, length) == Shape{});
}

TEST_CASE("suppressed boxes have the form of their opset") {
  GraphBuilder graph;
  const ValueId boxes = graph.input("boxes", DataType::fp16, {1, 100, 4});
  const ValueId scores = graph.input("scores", DataType::fp16, {1, 100, 80});
  const auto before = graph.add(
      "non_maximum_suppression",
      {{"boxes", {boxes}}, {"scores", {scores}}, {"max_boxes", {graph.integer(10)}}}, unstated(4));
  CHECK(shapes_of(graph, before) == std::vector<Shape>{{1, 10, 4}, {1, 10, 80}, {1, 10}, {1}});
  const ValueId columns = graph.input("columns", DataType::fp16, {1, 80, 100});
  const auto since = graph.add(
      "non_maximum_suppression",
      {{"boxes", {boxes}}, {"scores", {columns}}, {"max_boxes", {graph.integer(10)}}}, unstated(3));
  CHECK(shapes_of(graph, since) == std::vector<Shape>{{1, 4, 10}, {1, 80, 10}, {1, 10}});
}

TEST_CASE("what comes from nothing has the shape asked for") {
  GraphBuilder graph;
  const ValueId x = graph.input("x", DataType::fp16, {2, any, 4});
  const ValueId value = graph.numbers(DataType::fp32, {}, {0.5});
  CHECK(inferred(graph, graph.add("fill", {{"shape", {graph.integers({3, 1})}},
                                           {"value", {value}}})) == Shape{3, 1});
  CHECK(inferred(graph, graph.add("fill_like", {{"ref_tensor", {x}}, {"value", {value}}})) ==
        Shape{2, any, 4});
  CHECK(inferred(graph, graph.add("shape", {{"x", {x}}})) == Shape{3});
  CHECK(inferred(graph, graph.add("non_zero", {{"x", {x}}})) == Shape{any, 3});
  CHECK(inferred(graph, graph.add("random_categorical",
                                  {{"x", {x}}, {"size", {graph.integer(7)}}})) == Shape{2, any, 7});
  CHECK(inferred(graph, graph.add("one_hot", {{"indices", {x}},
                                              {"one_hot_vector_size", {graph.integer(9)}}})) ==
        Shape{2, any, 4, 9});
  CHECK(inferred(graph, graph.add("range_1d", {{"start", {graph.integer(5)}},
                                               {"end", {graph.integer(0)}},
                                               {"step", {graph.integer(-2)}}})) == Shape{3});
}

TEST_CASE("layers without a counterpart have their own shapes") {
  GraphBuilder graph;
  const ValueId x = graph.input("x", DataType::fp32, {1, 2, 3, 9, 9});
  const ValueId small = graph.input("small", DataType::fp32, {1, 2, 3, 5, 4});
  const ValueId row = graph.input("row", DataType::fp32, {1, 1, 3, 1, 1});
  const ValueId token = graph.input("token", DataType::fp32, {7, 1, 1, 1, 1});
  CHECK(inferred(graph, graph.add("crop_like", {{"x", {x}}, {"reference", {small}}})) ==
        Shape{1, 2, 3, 5, 4});
  CHECK(inferred(graph, graph.add("average", {{"values", {row, x, row}}})) == Shape{1, 2, 3, 9, 9});
  CHECK(inferred(graph, graph.add("broadcastToLike", {{"x", {row}}, {"reference", {x}}})) ==
        Shape{1, 2, 3, 9, 9});
  CHECK(inferred(graph, graph.add("broadcastToStatic",
                                  {{"x", {row}}, {"shape", {graph.integers({4, 3})}}})) ==
        Shape{4, 3});
  CHECK(inferred(graph,
                 graph.add("embedding", {{"x", {token}},
                                         {"weight", {graph.weight(DataType::fp32, {64, 1000})}},
                                         {"axis", {graph.integer(-3)}}})) == Shape{7, 1, 64, 1, 1});
  const auto copies = graph.add("identity_n", {{"values", {x, row}}}, unstated(2));
  CHECK(inferred(graph, copies[1]) == Shape{1, 1, 3, 1, 1});
}
