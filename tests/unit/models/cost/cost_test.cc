#include "models/analysis/cost.h"

#include <limits>

#include "tests/catch.h"
#include "tests/models/costing.h"

namespace anemon::models {
namespace {

using test::cost_of_last;
using test::GraphBuilder;
using test::unary_cost;

constexpr DataType kHalf = DataType::fp16;
constexpr uint64_t kMost = std::numeric_limits<uint64_t>::max();

TEST_CASE("activations are counted packed, and padded to rows of 64 bytes") {
  GraphBuilder graph;
  const ValueId x = graph.input("x", kHalf, {1, 16, 7, 7});
  graph.add("cast", {{"x", {x}}}, {{DataType::fp32, true, {1, 16, 7, 7}}});
  const OperationCost cost = cost_of_last(graph);
  CHECK(cost.input_bytes == 1568);    // 16*49 = 784 elements of 2 bytes
  CHECK(cost.output_bytes == 3136);   // of 4 bytes
  CHECK(cost.padded_bytes == 14336);  // 2 x 16*7 = 112 rows, of 14 and of 28 bytes
}

TEST_CASE("an operand named twice is read once, and constants are no activations") {
  GraphBuilder graph;
  const ValueId x = graph.input("x", kHalf, {100});
  graph.add("mul", {{"x", {x}}, {"y", {x}}}, {{kHalf, true, {100}}});
  CHECK(cost_of_last(graph).input_bytes == 200);
  graph.add("mul", {{"x", {x}}, {"y", {graph.weight(kHalf, {100})}}}, {{kHalf, true, {100}}});
  CHECK(cost_of_last(graph).input_bytes == 200);
  CHECK(cost_of_last(graph).weight_bytes_stored == 200);
}

TEST_CASE("arithmetic intensity is work over bytes moved") {
  GraphBuilder graph;
  const ValueId x = graph.input("x", kHalf, {1, 100});
  graph.add("linear", {{"x", {x}}, {"weight", {graph.weight(kHalf, {50, 100})}}},
            {{kHalf, true, {1, 50}}});
  // 2 x 5000 FLOPs over 10000 + 200 + 100 bytes
  CHECK(cost_of_last(graph).arithmetic_intensity() == Approx(10000.0 / 10300.0));
  CHECK(OperationCost{}.arithmetic_intensity() == 0);
}

TEST_CASE("precision is that of the operand arithmetic is done on") {
  GraphBuilder graph;
  const ValueId x = graph.input("x", DataType::fp32, {1, 4});
  graph.add("linear", {{"bias", {graph.weight(kHalf, {4})}}, {"x", {x}}},
            {{DataType::fp32, true, {1, 4}}});
  CHECK(cost_of_last(graph).precision == DataType::fp32);  // not that of the first in the file

  const ValueId condition = graph.input("c", DataType::boolean, {1, 4});
  const ValueId a = graph.input("a", kHalf, {1, 4});
  graph.add("select", {{"cond", {condition}}, {"b", {x}}, {"a", {a}}}, {{kHalf, true, {1, 4}}});
  CHECK(cost_of_last(graph).precision == kHalf);

  const ValueId whole = graph.input("i", DataType::int32, {4});
  graph.add("add", {{"x", {whole}}, {"y", {graph.integer(1)}}}, {{DataType::int32, true, {4}}});
  CHECK(cost_of_last(graph).precision == DataType::int32);

  graph.add("gather", {{"x", {graph.weight(kHalf, {9, 4})}}, {"indices", {whole}}},
            {{kHalf, true, {4, 4}}});
  CHECK(cost_of_last(graph).precision == kHalf);
}

TEST_CASE("an epsilon in fp32 does not make an operation one of fp32") {
  GraphBuilder graph;
  const ValueId x = graph.input("x", kHalf, {1, 4});
  graph.add("l2_norm", {{"epsilon", {graph.numbers(DataType::fp32, {}, {1e-5})}}, {"x", {x}}},
            {{kHalf, true, {1, 4}}});
  CHECK(cost_of_last(graph).precision == kHalf);
}

TEST_CASE("an open dimension leaves out what it hides and says so") {
  const OperationCost cost = unary_cost("relu", {kAnyExtent, 4}, {kAnyExtent, 4});
  CHECK(cost.input_bytes == 0);
  CHECK_FALSE(cost.complete);
  const OperationCost huge = unary_cost("relu", {int64_t{1} << 62, 4}, {int64_t{1} << 62, 4});
  CHECK(huge.vector_flops == 0);
  CHECK_FALSE(huge.complete);
}

TEST_CASE("a loop is never complete, for it may run any number of times") {
  GraphBuilder graph;
  const ValueId x = graph.input("x", kHalf, {4});
  graph.add("while_loop", {{"loop_vars", {x}}}, {{kHalf, true, {4}}});
  CHECK_FALSE(cost_of_last(graph).complete);
}

TEST_CASE("lists and strings are handed on without bytes") {
  GraphBuilder graph;
  const ValueId list = graph.input("list", kHalf, {4});
  graph.function().values[list].type.kind = ValueKind::list;
  graph.add("list_read", {{"ls", {list}}, {"index", {graph.integer(0)}}}, {{kHalf, true, {4}}});
  CHECK(cost_of_last(graph).input_bytes == 0);
  CHECK(cost_of_last(graph).output_bytes == 8);
  CHECK(cost_of_last(graph).complete);
}

TEST_CASE("a state's bytes are those of the tensor it wraps") {
  GraphBuilder graph;
  const ValueId state = graph.input("kv", kHalf, {8, 16});
  graph.function().values[state].type.kind = ValueKind::state;
  graph.add("read_state", {{"input", {state}}}, {{kHalf, true, {8, 16}}});
  CHECK(cost_of_last(graph).input_bytes == 256);
  CHECK(cost_of_last(graph).output_bytes == 256);
}

TEST_CASE("sums stop at the largest number") {
  OperationCost sum;
  sum.macs = kMost - 1;
  OperationCost more;
  more.macs = 2;
  more.vector_flops = 7;
  add(sum, more);
  CHECK(sum.macs == kMost);
  CHECK(sum.vector_flops == 7);
  CHECK_FALSE(sum.complete);
  CHECK(sum.flops() == kMost);
}

}  // namespace
}  // namespace anemon::models
