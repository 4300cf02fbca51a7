// Weights through const and constexpr_*: elements, bytes as stored and bytes as computed with.
#include "models/analysis/weights.h"

#include "models/analysis/stored_weights.h"
#include "tests/catch.h"
#include "tests/models/costing.h"

namespace anemon::models {
namespace {

using test::cost_of_last;
using test::GraphBuilder;

constexpr DataType kHalf = DataType::fp16;

TensorType half(Shape shape) { return {kHalf, true, std::move(shape)}; }

// linear with the weight given, [8,32] when unpacked.
OperationCost linear_with(GraphBuilder& graph, ValueId weight) {
  const ValueId x = graph.input("x", kHalf, {1, 32});
  graph.add("linear", {{"x", {x}}, {"weight", {weight}}}, {half({1, 8})});
  return cost_of_last(graph);
}

TEST_CASE("plain weights are stored as they are computed with") {
  GraphBuilder graph;
  const OperationCost cost = linear_with(graph, graph.weight(kHalf, {8, 32}));
  CHECK(cost.parameters == 256);
  CHECK(cost.weight_bytes_stored == 512);
  CHECK(cost.weight_bytes_computed == 512);
  CHECK(cost.macs == 256);
}

TEST_CASE("palettised weights of iOS 16 are packed bytes and a table") {
  GraphBuilder graph("CoreML6");
  const ValueId indices = graph.weight(DataType::uint8, {128});  // 256 indices of 4 bits
  const ValueId table = graph.weight(kHalf, {16});
  const ValueId shape = graph.numbers(DataType::int32, {2}, {8, 32});
  const ValueId weight =
      graph.add("constexpr_lut_to_dense",
                {{"indices", {indices}}, {"lut", {table}}, {"shape", {shape}}}, {half({8, 32})})[0];
  const OperationCost cost = linear_with(graph, weight);
  CHECK(cost.parameters == 256);
  CHECK(cost.weight_bytes_stored == 160);  // 128 + 16*2
  CHECK(cost.weight_bytes_computed == 512);
}

TEST_CASE("palettised weights of iOS 18 are indices of few bits and a table") {
  GraphBuilder graph("CoreML8");
  const ValueId indices = graph.weight(DataType::uint3, {8, 32});  // 256*3 bits
  const ValueId table = graph.weight(kHalf, {1, 1, 8, 1});
  const ValueId weight = graph.add("constexpr_lut_to_dense",
                                   {{"indices", {indices}}, {"lut", {table}}}, {half({8, 32})})[0];
  const OperationCost cost = linear_with(graph, weight);
  CHECK(cost.parameters == 256);
  CHECK(cost.weight_bytes_stored == 112);  // 96 + 8*2
  CHECK(cost.weight_bytes_computed == 512);
}

TEST_CASE("affine quantised weights are bytes with scales and zero points") {
  GraphBuilder graph("CoreML6");
  const ValueId data = graph.weight(DataType::int8, {8, 32});
  const ValueId scale = graph.weight(kHalf, {8});
  const ValueId zero = graph.weight(DataType::int8, {8});
  const ValueId weight = graph.add("constexpr_affine_dequantize",
                                   {{"quantized_data", {data}},
                                    {"scale", {scale}},
                                    {"zero_point", {zero}},
                                    {"axis", {graph.integer(0)}}},
                                   {half({8, 32})})[0];
  // Unpacking computes, but what it unpacks belongs to who reads it.
  const OperationCost unpacking = cost_of_last(graph);
  CHECK(unpacking.vector_flops == 512);  // 2 x 256
  CHECK(unpacking.parameters == 0);
  CHECK(unpacking.weight_bytes_stored == 0);
  CHECK(unpacking.output_bytes == 0);
  const OperationCost cost = linear_with(graph, weight);
  CHECK(cost.weight_bytes_stored == 280);  // 256 + 8*2 + 8
  CHECK(cost.weight_bytes_computed == 512);
}

TEST_CASE("blockwise quantised weights are nibbles with a scale for each block") {
  GraphBuilder graph("CoreML8");
  const ValueId data = graph.weight(DataType::int4, {8, 32});
  const ValueId scale = graph.weight(kHalf, {8, 4});  // blocks of 8
  const ValueId weight = graph.add("constexpr_blockwise_shift_scale",
                                   {{"data", {data}}, {"scale", {scale}}}, {half({8, 32})})[0];
  const OperationCost cost = linear_with(graph, weight);
  CHECK(cost.weight_bytes_stored == 192);  // 128 + 32*2
  CHECK(cost.parameters == 256);
}

TEST_CASE("sparse weights are what is not zero and a bit for each element") {
  GraphBuilder graph("CoreML8");
  const ValueId nonzero = graph.weight(kHalf, {64});
  const ValueId mask = graph.weight(DataType::uint1, {8, 32});
  const ValueId weight =
      graph.add("constexpr_sparse_to_dense", {{"nonzero_data", {nonzero}}, {"mask", {mask}}},
                {half({8, 32})})[0];
  const OperationCost cost = linear_with(graph, weight);
  CHECK(cost.weight_bytes_stored == 160);  // 64*2 + 256/8
  CHECK(cost.weight_bytes_computed == 512);
}

TEST_CASE("joint compression counts the mask that two steps read once") {
  GraphBuilder graph("CoreML8");
  const ValueId mask = graph.weight(DataType::uint1, {8, 32});
  const ValueId indices = graph.weight(DataType::uint4, {64});
  const ValueId table = graph.weight(kHalf, {1, 1, 16, 1});
  const std::vector<ValueId> sparse =
      graph.add("constexpr_lut_to_sparse",
                {{"indices_mask", {mask}}, {"indices_nonzero_data", {indices}}, {"lut", {table}}},
                {{DataType::uint1, true, {8, 32}}, half({64})});
  const ValueId weight =
      graph.add("constexpr_sparse_to_dense", {{"nonzero_data", {sparse[1]}}, {"mask", {sparse[0]}}},
                {half({8, 32})})[0];
  const OperationCost cost = linear_with(graph, weight);
  CHECK(cost.weight_bytes_stored == 96);  // 32 + 64/2 + 16*2
  CHECK(cost.parameters == 256);
}

TEST_CASE("an old network's quantised weights are stored in their bits with their tables") {
  GraphBuilder graph("");
  graph.function().old_network = true;
  const std::vector<std::byte> bits(128);
  const std::vector<std::byte> scale(8 * 4);
  const std::vector<std::byte> bias(8 * 4);
  const ValueId weight = graph.weight(DataType::fp32, {8, 32});
  Constant& constant = *graph.function().values[weight].constant;
  constant.blob.reset();
  constant.missing = false;
  constant.packing = Packing::high_first;
  constant.data = bits;
  constant.quantization = LayerQuantization{4, scale, bias, {}};
  const OperationCost cost = linear_with(graph, weight);
  CHECK(cost.weight_bytes_stored == 192);  // 128 + 2 tables of 8*4
  CHECK(cost.weight_bytes_computed == 1024);
  const StoredTotals stored = stored_totals(graph.function());
  CHECK(stored.places == 1);
  CHECK(stored.bytes == 128);
  CHECK(stored.elements == 256);
}

TEST_CASE("strides, an epsilon and a switch are no weights") {
  GraphBuilder graph;
  const ValueId x = graph.input("x", kHalf, {1, 4, 8, 8});
  graph.add("conv",
            {{"x", {x}},
             {"weight", {graph.weight(kHalf, {4, 4, 1, 1})}},
             {"strides", {graph.integers({1, 1})}},
             {"pad_type", {graph.text("valid")}},
             {"epsilon", {graph.numbers(DataType::fp32, {}, {1e-5})}},
             {"keep", {graph.flag(true)}}},
            {half({1, 4, 8, 8})});
  CHECK(cost_of_last(graph).parameters == 16);
}

TEST_CASE("a weight named twice by one operation is read once") {
  GraphBuilder graph;
  const ValueId weight = graph.weight(kHalf, {10});
  graph.add("mul", {{"x", {weight}}, {"y", {weight}}}, {half({10})});
  CHECK(cost_of_last(graph).weight_bytes_stored == 20);
  CHECK(cost_of_last(graph).input_bytes == 0);
}

TEST_CASE("the same blob behind two values is stored once") {
  GraphBuilder graph;
  const ValueId first = graph.weight(kHalf, {100});
  const ValueId second = graph.weight(kHalf, {100});
  const ValueId third = graph.weight(kHalf, {100});
  Function& function = graph.function();
  function.values[second].constant->blob = function.values[first].constant->blob;
  CHECK(stored_totals(function).bytes == 400);
  CHECK(stored_totals(function).elements == 200);
  CHECK(stored_totals(function).places == 2);

  const std::vector<ValueType> types = test::stated_types(function);
  OperationCost total;
  StoredWeights stored;
  for (const ValueId id : {first, second, third}) {
    stored.add({id, types[id].tensor, {&*function.values[id].constant}}, total);
  }
  CHECK(total.parameters == 200);
  CHECK(total.weight_bytes_stored == 400);
}

TEST_CASE("a table shared by two palettised weights is stored once, both weights count") {
  GraphBuilder graph("CoreML8");
  const ValueId table = graph.weight(kHalf, {1, 1, 16, 1});
  OperationCost total;
  StoredWeights stored;
  for (int i = 0; i < 2; ++i) {
    const ValueId indices = graph.weight(DataType::uint4, {8, 32});
    graph.add("constexpr_lut_to_dense", {{"indices", {indices}}, {"lut", {table}}},
              {half({8, 32})});
  }
  Function& function = graph.function();
  const std::vector<ValueType> types = test::stated_types(function);
  graph.add("add",
            {{"x", {function.body.operations[0].results[0]}},
             {"y", {function.body.operations[1].results[0]}}},
            {half({8, 32})});
  const std::vector<ValueType> all = test::stated_types(function);
  const WeightIndex index(function, all);
  for (const Weight& weight : index.of(function.body.operations.back())) {
    stored.add(weight, total);
  }
  CHECK(total.parameters == 512);
  CHECK(total.weight_bytes_stored == 288);  // 2*128 + 32
}

TEST_CASE("unpacking that turns in a circle ends") {
  GraphBuilder graph("CoreML8");
  const ValueId a = graph.add("constexpr_cast", {}, {half({4})})[0];
  const ValueId b = graph.add("constexpr_cast", {{"source_val", {a}}}, {half({4})})[0];
  graph.function().body.operations.front().arguments.push_back({"source_val", {b}});
  graph.add("relu", {{"x", {b}}}, {half({4})});
  CHECK(cost_of_last(graph).weight_bytes_stored == 0);
  CHECK(cost_of_last(graph).parameters == 4);
}

}  // namespace
}  // namespace anemon::models
