// Every formula of vector arithmetic beside a number worked out by hand.
#include "tests/catch.h"
#include "tests/models/costing.h"

namespace anemon::models {
namespace {

using test::cost_of_last;
using test::GraphBuilder;
using test::unary_cost;

constexpr DataType kHalf = DataType::fp16;
const Shape kSmall = {1, 2, 3, 5};  // 30 elements

uint64_t flops(const std::string& type) {
  const OperationCost cost = unary_cost(type, kSmall, kSmall);
  INFO(type);
  CHECK(cost.complete);
  CHECK(cost.macs == 0);
  return cost.vector_flops;
}

TEST_CASE("functions of one element cost the simple operations they are made of") {
  for (const char* type : {"relu", "relu6", "clip", "leaky_relu", "abs", "square", "floor", "sqrt",
                           "exp", "log", "cumsum", "sign", "inverse"}) {
    CHECK(flops(type) == 30);
  }
  CHECK(flops("batch_norm") == 60);      // 2: scale and shift
  CHECK(flops("quantize") == 60);        // 2
  CHECK(flops("softplus") == 90);        // 3: exp, add, log
  CHECK(flops("l2_norm") == 90);         // 3
  CHECK(flops("sigmoid") == 120);        // 4: negate, exp, add, divide
  CHECK(flops("softmax") == 150);        // 5: max, subtract, exp, sum, divide
  CHECK(flops("silu") == 150);           // 5: sigmoid and a product
  CHECK(flops("tanh") == 150);           // 5
  CHECK(flops("layer_norm") == 240);     // 8
  CHECK(flops("instance_norm") == 240);  // 8
  CHECK(flops("tan") == 300);            // 10
}

TEST_CASE("moving data computes nothing") {
  for (const char* type : {"cast", "reshape", "transpose", "identity", "reverse", "squeeze", "crop",
                           "upsample_nearest_neighbor", "pixel_shuffle"}) {
    CHECK(flops(type) == 0);
  }
}

TEST_CASE("what combines two tensors costs by its result") {
  GraphBuilder graph;
  const ValueId x = graph.input("x", kHalf, {4, 1, 6});
  const ValueId y = graph.input("y", kHalf, {5, 1});
  graph.add("mul", {{"x", {x}}, {"y", {y}}}, {{kHalf, true, {4, 5, 6}}});
  CHECK(cost_of_last(graph).vector_flops == 120);  // 4*5*6
}

TEST_CASE("reductions cost by what they read") {
  CHECK(unary_cost("reduce_mean", {1, 8, 7, 7}, {1, 8, 1, 1}).vector_flops == 392);  // 8*49
  CHECK(unary_cost("reduce_argmax", {1, 8, 7, 7}, {1, 1, 7, 7}).vector_flops == 392);
  CHECK(unary_cost("reduce_log_sum_exp", {1, 8, 7, 7}, {1, 8, 1, 1}).vector_flops == 1176);  // 3x
}

TEST_CASE("pools look at every position of the window") {
  for (const auto& [type, each] : {std::pair("max_pool", 1U), {"avg_pool", 1U}, {"l2_pool", 2U}}) {
    GraphBuilder graph;
    const ValueId x = graph.input("x", kHalf, {1, 4, 8, 8});
    graph.add(type, {{"x", {x}}, {"kernel_sizes", {graph.integers({3, 2})}}},
              {{kHalf, true, {1, 4, 6, 7}}});
    CHECK(cost_of_last(graph).vector_flops == 1008 * each);  // 4*6*7 = 168 x 3*2
  }
  CHECK_FALSE(unary_cost("max_pool", {1, 4, 8, 8}, {1, 4, 1, 1}).complete);  // no window known
}

TEST_CASE("local response normalisation looks at its neighbours") {
  CHECK(unary_cost("local_response_norm", kSmall, kSmall, {{"size", 5}}).vector_flops ==
        270);  // 30 x (5 + 4)
}

TEST_CASE("gelu costs by its approximation") {
  for (const auto& [mode, expected] :
       {std::pair("EXACT", 300U), {"TANH_APPROXIMATION", 270U}, {"SIGMOID_APPROXIMATION", 240U}}) {
    GraphBuilder graph;
    const ValueId x = graph.input("x", kHalf, kSmall);
    graph.add("gelu", {{"x", {x}}, {"mode", {graph.text(mode)}}}, {{kHalf, true, kSmall}});
    CHECK(cost_of_last(graph).vector_flops == expected);  // 30 x 10, 9 or 8
  }
  CHECK(flops("gelu") == 300);  // exact unless said otherwise
}

TEST_CASE("linear interpolation computes, nearest does not") {
  CHECK(unary_cost("upsample_bilinear", {1, 2, 3, 3}, {1, 2, 6, 6}).vector_flops == 576);  // 8*72
  for (const auto& [mode, expected] : {std::pair("LINEAR", 576U), {"NEAREST_NEIGHBOR", 0U}}) {
    GraphBuilder graph;
    const ValueId x = graph.input("x", kHalf, {1, 2, 3, 3});
    graph.add("resize", {{"x", {x}}, {"interpolation_mode", {graph.text(mode)}}},
              {{kHalf, true, {1, 2, 6, 6}}});
    CHECK(cost_of_last(graph).vector_flops == expected);
  }
}

TEST_CASE("sorting costs the logarithm of the axis for every element") {
  // 4*16 = 64 elements x log2(16) = 4
  CHECK(unary_cost("topk", {4, 16}, {4, 3}, {{"axis", -1}}).vector_flops == 256);
  CHECK(unary_cost("argsort", {4, 16}, {4, 16}, {{"axis", 0}}).vector_flops == 128);  // log2(4) = 2
  CHECK(unary_cost("topk", {4, 16}, {4, 3}, {{"axis", 7}}).complete == false);
}

TEST_CASE("scatters cost by their updates") {
  GraphBuilder graph;
  const ValueId data = graph.input("data", kHalf, {100, 8});
  const ValueId indices = graph.input("indices", DataType::int32, {3});
  const ValueId updates = graph.input("updates", kHalf, {3, 8});
  graph.add("scatter", {{"data", {data}}, {"indices", {indices}}, {"updates", {updates}}},
            {{kHalf, true, {100, 8}}});
  CHECK(cost_of_last(graph).vector_flops == 24);  // 3*8
}

TEST_CASE("suppression compares every box with every other") {
  GraphBuilder graph;
  const ValueId boxes = graph.input("boxes", kHalf, {2, 50, 4});
  const ValueId scores = graph.input("scores", kHalf, {2, 50, 80});
  graph.add("non_maximum_suppression", {{"boxes", {boxes}}, {"scores", {scores}}},
            {{kHalf, true, {2, 10, 4}}});
  CHECK(cost_of_last(graph).vector_flops == 5000);  // 2 x 50^2
}

TEST_CASE("a classifier looks at every probability") {
  GraphBuilder graph;
  const ValueId probabilities = graph.input("p", kHalf, {1, 1000});
  graph.add("classify", {{"probabilities", {probabilities}}}, {{DataType::string, true, {}}});
  CHECK(cost_of_last(graph).vector_flops == 1000);
  CHECK(cost_of_last(graph).complete);
}

TEST_CASE("layers that combine many tensors cost one pass for each but the first") {
  for (const auto& [type, expected] : {std::pair("add_n", 60U), {"average", 90U}}) {
    GraphBuilder graph("");
    std::vector<ValueId> values;
    for (const char* name : {"a", "b", "c"}) {
      values.push_back(graph.input(name, DataType::fp32, kSmall));
    }
    graph.add(type, {{"values", values}}, {{DataType::fp32, true, kSmall}});
    CHECK(cost_of_last(graph).vector_flops == expected);  // 30 x 2 sums, and a division
  }
}

TEST_CASE("an operation without a row and custom code have no known cost") {
  CHECK_FALSE(unary_cost("frobnicate", kSmall, kSmall).complete);
  CHECK_FALSE(unary_cost("custom", kSmall, kSmall).complete);
}

}  // namespace
}  // namespace anemon::models
