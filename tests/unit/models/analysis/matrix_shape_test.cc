// Elementwise operations, matrices and reductions by hand.
#include "tests/catch.h"
#include "tests/unit/models/analysis/inferred.h"

using namespace anemon::models;
using namespace anemon::models::test;

namespace {

Shape binary(const Shape& x, const Shape& y, const std::string& type = "add",
             bool transpose_x = false, bool transpose_y = false) {
  GraphBuilder graph;
  return inferred(graph, graph.add(type, {{"x", {graph.input("x", DataType::fp16, x)}},
                                          {"y", {graph.input("y", DataType::fp16, y)}},
                                          {"transpose_x", {graph.flag(transpose_x)}},
                                          {"transpose_y", {graph.flag(transpose_y)}}}));
}

Shape einsum(const std::string& equation, const std::vector<Shape>& operands) {
  GraphBuilder graph;
  std::vector<ValueId> ids;
  for (const Shape& shape : operands) {
    ids.push_back(graph.input("v" + std::to_string(ids.size()), DataType::fp16, shape));
  }
  return inferred(graph,
                  graph.add("einsum", {{"values", ids}, {"equation", {graph.text(equation)}}}));
}

constexpr int64_t any = kAnyExtent;

}  // namespace

TEST_CASE("operands are stretched to each other from the last dimension on") {
  CHECK(binary({2, 3, 4}, {4}) == Shape{2, 3, 4});
  CHECK(binary({3, 1}, {2, 1, 5}) == Shape{2, 3, 5});
  CHECK(binary({}, {2, 2}) == Shape{2, 2});
  CHECK(binary({0, 3}, {1, 3}) == Shape{0, 3});
  CHECK(binary({2, 3}, {4}) == kUnranked);
}

TEST_CASE("an open dimension stretched to a known one is that one") {
  CHECK(binary({any, 3}, {5, 1}) == Shape{5, 3});
  CHECK(binary({any, 3}, {1, 3}) == Shape{any, 3});
  CHECK(binary({any}, {any}) == Shape{any});
}

TEST_CASE("a comparison gives booleans, a cast what it says") {
  GraphBuilder graph;
  const ValueId x = graph.input("x", DataType::fp16, {2});
  const ValueId less = graph.add("less", {{"x", {x}}, {"y", {x}}});
  const ValueId negated = graph.add("logical_not", {{"x", {less}}});
  const ValueId cast = graph.add("cast", {{"x", {x}}, {"dtype", {graph.text("int32")}}});
  const Inference inference = infer_built(graph);
  CHECK(inference.types[less].tensor == TensorType{DataType::boolean, true, {2}});
  CHECK(inference.types[negated].tensor == TensorType{DataType::boolean, true, {2}});
  CHECK(inference.types[cast].tensor == TensorType{DataType::int32, true, {2}});
}

TEST_CASE("matmul multiplies the last two dimensions, the others stretch") {
  CHECK(binary({8, 1, 4, 5}, {3, 5, 6}, "matmul") == Shape{8, 3, 4, 6});
  CHECK(binary({5, 4}, {6, 5}, "matmul", true, true) == Shape{4, 6});
  CHECK(binary({4, 5}, {6, 4}, "matmul") == kUnranked);
}

TEST_CASE("a vector in matmul is a row on the left and a column on the right") {
  CHECK(binary({5}, {5, 6}, "matmul") == Shape{6});
  CHECK(binary({2, 4, 5}, {5}, "matmul") == Shape{2, 4});
  CHECK(binary({5}, {5}, "matmul") == Shape{});
  CHECK(binary({5}, {3, 5, 6}, "matmul") == Shape{3, 6});
}

TEST_CASE("linear changes the last dimension") {
  GraphBuilder graph;
  const ValueId x = graph.input("x", DataType::fp16, {2, any, 16});
  const ValueId y =
      graph.add("linear", {{"x", {x}}, {"weight", {graph.weight(DataType::fp16, {10, 16})}}});
  CHECK(inferred(graph, y) == Shape{2, any, 10});
}

TEST_CASE("linear of an old network takes channels, rows and columns as one") {
  GraphBuilder graph;
  const ValueId x = graph.input("x", DataType::fp32, {1, 2, 64, 7, 7});
  const ValueId y = graph.add("linear", {{"x", {x}},
                                         {"weight", {graph.weight(DataType::fp32, {10, 64 * 49})}},
                                         {"channel_axis", {graph.integer(-3)}}});
  CHECK(inferred(graph, y) == Shape{1, 2, 10, 1, 1});
}

TEST_CASE("einsum takes its shape from the letters") {
  CHECK(einsum("nchw,nwhr->nchr", {{2, 3, 4, 5}, {2, 5, 4, 6}}) == Shape{2, 3, 4, 6});
  CHECK(einsum("bij, bjk -> bik", {{1, 3, 4}, {7, 4, 5}}) == Shape{7, 3, 5});
  CHECK(einsum("ij->ji", {{2, 3}}) == Shape{3, 2});
  CHECK(einsum("ij,jk->", {{2, 3}, {3, 4}}) == Shape{});
  CHECK(einsum("ij,jk->ik", {{any, 3}, {3, any}}) == Shape{any, any});
}

TEST_CASE("an einsum that does not fit its operands gives no shape") {
  CHECK(einsum("ij,jk->ik", {{2, 3}, {4, 5}}) == kUnranked);
  CHECK(einsum("ij,jk->ik", {{2, 3}}) == kUnranked);
  CHECK(einsum("ij->ik", {{2, 3}}) == kUnranked);
  CHECK(einsum("...i->...i", {{2, 3}}) == kUnranked);
  CHECK(einsum("ij", {{2, 3}}) == kUnranked);
}

TEST_CASE("attention gives as many rows as queries, as wide as values") {
  GraphBuilder graph;
  const ValueId q = graph.input("q", DataType::fp16, {1, 8, 5, 64});
  const ValueId k = graph.input("k", DataType::fp16, {1, 8, 9, 64});
  const ValueId v = graph.input("v", DataType::fp16, {1, 8, 9, 32});
  CHECK(inferred(graph, graph.add("scaled_dot_product_attention",
                                  {{"query", {q}}, {"key", {k}}, {"value", {v}}})) ==
        Shape{1, 8, 5, 32});
}

TEST_CASE("a reduction drops its axes or keeps them as one") {
  const auto reduce = [](std::vector<int64_t> axes, bool keep) {
    GraphBuilder graph;
    return inferred(
        graph, graph.add("reduce_mean", {{"x", {graph.input("x", DataType::fp16, {2, 3, 4, 5})}},
                                         {"axes", {graph.integers(std::move(axes))}},
                                         {"keep_dims", {graph.flag(keep)}}}));
  };
  CHECK(reduce({-1, 2}, false) == Shape{2, 3});
  CHECK(reduce({-1, 2}, true) == Shape{2, 3, 1, 1});
  CHECK(reduce({1, 1, -3}, false) == Shape{2, 4, 5});
  CHECK(reduce({}, false) == Shape{2, 3, 4, 5});
  CHECK(reduce({4}, false) == kUnranked);
  GraphBuilder all;
  CHECK(inferred(all, all.add("reduce_sum", {{"x", {all.input("x", DataType::fp16, {2, 3})}}})) ==
        Shape{});
}

TEST_CASE("the place of the largest is counted along the last axis unless another is named") {
  GraphBuilder graph;
  const ValueId x = graph.input("x", DataType::fp16, {2, 3});
  const ValueId last = graph.add("reduce_argmax", {{"x", {x}}});
  const ValueId first = graph.add("reduce_argmin", {{"x", {x}},
                                                    {"axis", {graph.integer(0)}},
                                                    {"keep_dims", {graph.flag(true)}},
                                                    {"output_dtype", {graph.text("uint16")}}});
  const Inference inference = infer_built(graph);
  CHECK(inference.types[last].tensor == TensorType{DataType::int32, true, {2}});
  CHECK(inference.types[first].tensor == TensorType{DataType::uint16, true, {1, 3}});
}

TEST_CASE("topk gives values and their places") {
  GraphBuilder graph;
  const auto results = graph.add("topk",
                                 {{"x", {graph.input("x", DataType::fp16, {2, 9})}},
                                  {"k", {graph.integer(4)}},
                                  {"axis", {graph.integer(-1)}}},
                                 {GraphBuilder::unstated(), GraphBuilder::unstated()});
  const Inference inference = infer_built(graph);
  CHECK(inference.types[results[0]].tensor == TensorType{DataType::fp16, true, {2, 4}});
  CHECK(inference.types[results[1]].tensor == TensorType{DataType::int32, true, {2, 4}});
}

TEST_CASE("rows of an old network's similarity are one channel") {
  CHECK(binary({1, 1, 64, 2, 2}, {1, 1, 64, 2, 2}, "dot") == Shape{1, 1, 1, 2, 2});
}
