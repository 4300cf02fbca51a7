// Every formula of matrix arithmetic beside a number worked out by hand.
#include "tests/catch.h"
#include "tests/models/costing.h"

namespace anemon::models {
namespace {

using test::cost_of_last;
using test::GraphBuilder;

constexpr DataType kHalf = DataType::fp16;

TensorType half(Shape shape) { return {kHalf, true, std::move(shape)}; }

TEST_CASE("a convolution multiplies every weight of an output channel for every output element") {
  GraphBuilder graph;
  const ValueId x = graph.input("x", kHalf, {1, 3, 8, 8});
  const ValueId weight = graph.weight(kHalf, {16, 3, 3, 3});
  const ValueId bias = graph.weight(kHalf, {16});
  graph.add("conv", {{"x", {x}}, {"weight", {weight}}, {"bias", {bias}}}, {half({1, 16, 6, 6})});
  const OperationCost cost = cost_of_last(graph);
  CHECK(cost.macs == 15552);        // 16*6*6 = 576 outputs x 3*3*3 = 27
  CHECK(cost.vector_flops == 576);  // the bias
  CHECK(cost.complete);
}

TEST_CASE("a grouped convolution multiplies only the channels of its group") {
  GraphBuilder graph;
  const ValueId x = graph.input("x", kHalf, {2, 32, 10, 10});
  const ValueId weight = graph.weight(kHalf, {32, 1, 3, 3});  // depthwise: 32 groups of one
  graph.add("conv", {{"x", {x}}, {"weight", {weight}}, {"groups", {graph.integer(32)}}},
            {half({2, 32, 10, 10})});
  CHECK(cost_of_last(graph).macs == 57600);  // 2*32*10*10 = 6400 x 1*3*3 = 9
  CHECK(cost_of_last(graph).vector_flops == 0);
}

TEST_CASE("a convolution in one or three dimensions costs by the same formula") {
  GraphBuilder one;
  const ValueId line = one.input("x", kHalf, {1, 4, 20});
  one.add("conv", {{"x", {line}}, {"weight", {one.weight(kHalf, {8, 4, 5})}}}, {half({1, 8, 16})});
  CHECK(cost_of_last(one).macs == 2560);  // 8*16 = 128 x 4*5 = 20
  GraphBuilder three;
  const ValueId cube = three.input("x", kHalf, {1, 2, 4, 4, 4});
  three.add("conv", {{"x", {cube}}, {"weight", {three.weight(kHalf, {3, 2, 2, 2, 2})}}},
            {half({1, 3, 3, 3, 3})});
  CHECK(cost_of_last(three).macs == 1296);  // 3*27 = 81 x 2*8 = 16
}

TEST_CASE("an old network's convolution counts sequence and batch as batch") {
  GraphBuilder graph("");
  graph.function().old_network = true;
  const ValueId x = graph.input("x", DataType::fp32, {2, 3, 4, 5, 5});
  graph.add("conv", {{"x", {x}}, {"weight", {graph.weight(kHalf, {6, 4, 3, 3})}}},
            {{DataType::fp32, true, {2, 3, 6, 3, 3}}});
  CHECK(cost_of_last(graph).macs == 11664);  // 2*3*6*3*3 = 324 x 4*3*3 = 36
}

TEST_CASE("a transposed convolution spreads every input element by the weights of its channel") {
  GraphBuilder graph;
  const ValueId x = graph.input("x", kHalf, {1, 8, 5, 5});
  const ValueId weight = graph.weight(kHalf, {8, 4, 2, 2});
  const ValueId bias = graph.weight(kHalf, {4});
  graph.add("conv_transpose", {{"x", {x}}, {"weight", {weight}}, {"bias", {bias}}},
            {half({1, 4, 10, 10})});
  CHECK(cost_of_last(graph).macs == 3200);         // 8*5*5 = 200 x 4*2*2 = 16
  CHECK(cost_of_last(graph).vector_flops == 400);  // 4*10*10
}

TEST_CASE("a linear layer multiplies a row of weights for every output") {
  GraphBuilder graph;
  const ValueId x = graph.input("x", kHalf, {2, 7, 64});
  const ValueId weight = graph.weight(kHalf, {32, 64});
  const ValueId bias = graph.weight(kHalf, {32});
  graph.add("linear", {{"x", {x}}, {"weight", {weight}}, {"bias", {bias}}}, {half({2, 7, 32})});
  CHECK(cost_of_last(graph).macs == 28672);  // 2*7*32 = 448 x 64
  CHECK(cost_of_last(graph).vector_flops == 448);
}

TEST_CASE("an old network's inner product is over channels, height and width") {
  GraphBuilder graph("");
  const ValueId x = graph.input("x", DataType::fp32, {1, 2, 8, 3, 3});
  graph.add("linear",
            {{"x", {x}},
             {"weight", {graph.weight(DataType::fp32, {10, 72})}},
             {"channel_axis", {graph.integer(-3)}}},
            {{DataType::fp32, true, {1, 2, 10, 1, 1}}});
  CHECK(cost_of_last(graph).macs == 1440);  // 2*10 = 20 x 8*3*3 = 72
}

TEST_CASE("a matrix product multiplies the inner dimension for every output") {
  GraphBuilder graph;
  const ValueId x = graph.input("x", kHalf, {2, 3, 4, 5});
  const ValueId y = graph.input("y", kHalf, {3, 5, 6});
  graph.add("matmul", {{"x", {x}}, {"y", {y}}}, {half({2, 3, 4, 6})});
  CHECK(cost_of_last(graph).macs == 720);  // 2*3 products of 4x5 and 5x6: 6 x 4*5*6 = 120
}

TEST_CASE("a transposed matrix product takes its inner dimension from where it is") {
  GraphBuilder graph;
  const ValueId x = graph.input("x", kHalf, {5, 4});
  const ValueId y = graph.input("y", kHalf, {6, 5});
  graph.add("matmul",
            {{"x", {x}},
             {"y", {y}},
             {"transpose_x", {graph.flag(true)}},
             {"transpose_y", {graph.flag(true)}}},
            {half({4, 6})});
  CHECK(cost_of_last(graph).macs == 120);  // 4*6 = 24 x 5
  const ValueId vector = graph.input("v", kHalf, {5});
  const ValueId matrix = graph.input("m", kHalf, {5, 6});
  graph.add("matmul", {{"x", {vector}}, {"y", {matrix}}}, {half({6})});
  CHECK(cost_of_last(graph).macs == 30);  // 6 x 5
}

TEST_CASE("an einsum multiplies once for every combination of its indices") {
  GraphBuilder graph;
  const ValueId a = graph.input("a", kHalf, {2, 3, 4, 5});
  const ValueId b = graph.input("b", kHalf, {2, 5, 4, 7});
  graph.add("einsum", {{"values", {a, b}}, {"equation", {graph.text("bnqd, bdqk -> bnqk")}}},
            {half({2, 3, 4, 7})});
  CHECK(cost_of_last(graph).macs == 840);  // b 2 x n 3 x q 4 x d 5 x k 7
  graph.add("einsum", {{"values", {a, b}}, {"equation", {graph.text("...d,...k->...k")}}},
            {half({2, 3, 4, 7})});
  CHECK_FALSE(cost_of_last(graph).complete);
}

TEST_CASE("attention is two matrix products and a softmax") {
  GraphBuilder graph;
  const ValueId query = graph.input("q", kHalf, {2, 8, 4, 64});
  const ValueId key = graph.input("k", kHalf, {2, 8, 16, 64});
  const ValueId value = graph.input("v", kHalf, {2, 8, 16, 32});
  graph.add("scaled_dot_product_attention",
            {{"query", {query}}, {"key", {key}}, {"value", {value}}}, {half({2, 8, 4, 32})});
  CHECK(cost_of_last(graph).macs == 98304);         // 2*8 * 4*16 = 1024 scores x (64 + 32)
  CHECK(cost_of_last(graph).vector_flops == 5120);  // 5 x 1024
}

TEST_CASE("a recurrent layer multiplies all its weights at every step") {
  GraphBuilder graph;
  const ValueId x = graph.input("x", kHalf, {10, 2, 6});
  graph.add("lstm",
            {{"x", {x}},
             {"weight_ih", {graph.weight(kHalf, {4 * 5, 6})}},
             {"weight_hh", {graph.weight(kHalf, {4 * 5, 5})}},
             {"weight_ih_back", {graph.weight(kHalf, {4 * 5, 6})}},
             {"weight_hh_back", {graph.weight(kHalf, {4 * 5, 5})}},
             {"bias", {graph.weight(kHalf, {4 * 5})}}},
            {half({10, 2, 10})});
  // 2 directions x 10 steps x batch 2 x (4*5*6 + 4*5*5 = 220)
  CHECK(cost_of_last(graph).macs == 8800);
  GraphBuilder gru;
  gru.add("gru",
          {{"x", {gru.input("x", kHalf, {3, 1, 4})}},
           {"weight_ih", {gru.weight(kHalf, {3 * 2, 4})}},
           {"weight_hh", {gru.weight(kHalf, {3 * 2, 2})}}},
          {half({1, 1, 2})});            // the last step alone is handed out, all are computed
  CHECK(cost_of_last(gru).macs == 108);  // 3 steps x (3*2*4 + 3*2*2 = 36)
}

TEST_CASE("an old network's recurrent layer has its weights gate by gate") {
  GraphBuilder graph("");
  const auto gate = [&](Shape shape) { return graph.weight(DataType::fp32, std::move(shape)); };
  graph.add("rnn",
            {{"x", {graph.input("x", DataType::fp32, {7, 1, 3, 1, 1})}},
             {"weight_ih", {gate({2, 3}), gate({2, 3})}},
             {"weight_hh", {gate({2, 2}), gate({2, 2})}}},
            {{DataType::fp32, true, {7, 1, 4, 1, 1}}});
  CHECK(cost_of_last(graph).macs == 140);  // 7 steps x (2*2*3 + 2*2*2 = 20)
}

TEST_CASE("work that cannot be counted makes a cost incomplete, not zero and done") {
  GraphBuilder graph;
  const ValueId x = graph.input("x", kHalf, {1, 3, kAnyExtent, 8});
  graph.add("conv", {{"x", {x}}, {"weight", {graph.weight(kHalf, {4, 3, 1, 1})}}},
            {half({1, 4, kAnyExtent, 8})});
  CHECK(cost_of_last(graph).macs == 0);
  CHECK_FALSE(cost_of_last(graph).complete);
}

TEST_CASE("work beyond 64 bits makes a cost incomplete") {
  GraphBuilder graph;
  const int64_t large = int64_t{1} << 31;
  const ValueId x = graph.input("x", kHalf, {large, large});
  const ValueId y = graph.input("y", kHalf, {large, large});
  graph.add("matmul", {{"x", {x}}, {"y", {y}}}, {half({large, large})});
  CHECK(cost_of_last(graph).macs == 0);  // 2^93
  CHECK_FALSE(cost_of_last(graph).complete);
}

}  // namespace
}  // namespace anemon::models
