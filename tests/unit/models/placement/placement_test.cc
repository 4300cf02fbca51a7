#include "models/placement/placement.h"

#include "models/placement/support.h"
#include "tests/catch.h"
#include "tests/models/graph_builder.h"

namespace anemon::models {
namespace {

using test::GraphBuilder;

constexpr DataType kHalf = DataType::fp16;
constexpr size_t kAne = static_cast<size_t>(Engine::ane);
const Shape kImage = {1, 64, 32, 32};

TensorType half(Shape shape) { return {kHalf, true, std::move(shape)}; }

ValueId conv(GraphBuilder& graph, ValueId x, Shape shape = kImage) {
  return graph.add("conv",
                   {{"x", {x}},
                    {"weight", {graph.weight(kHalf, {shape[1], shape[1], 3, 3})}},
                    {"pad_type", {graph.text("same")}}},
                   {half(shape)})[0];
}

ValueId unary(GraphBuilder& graph, const std::string& type, ValueId x, Shape shape = kImage) {
  return graph.add(type, {{"x", {x}}}, {half(std::move(shape))})[0];
}

// A model that outlives what is said about it.
struct Placed {
  explicit Placed(const GraphBuilder& graph, const Chip& chip = default_chip(),
                  const Refusal* of_model = nullptr)
      : model(graph.model()),
        analysis(analyse(model)),
        placement(place(function(), chip, of_model)) {}

  const FunctionAnalysis& function() const { return analysis.functions.front(); }
  // "ACCG": one letter per operation, - where no winner is named.
  std::string engines() const {
    std::string letters;
    for (const PlacedOperation& each : placement.operations) {
      letters += each.engine ? name_of(*each.engine).front() : '-';
    }
    return letters;
  }

  Model model;
  ModelAnalysis analysis;
  Placement placement;
};

GraphBuilder convolutions(int count, Shape shape = kImage) {
  GraphBuilder graph;
  ValueId x = graph.input("x", kHalf, shape);
  for (int i = 0; i < count; ++i) x = conv(graph, x, shape);
  graph.output(x);
  return graph;
}

TEST_CASE("a small model goes to the CPU, a larger one to the Neural Engine") {
  CHECK(Placed(convolutions(1)).engines() == "C");
  CHECK(Placed(convolutions(2)).engines() == "CC");
  CHECK(Placed(convolutions(4)).engines() == "AAAA");
}

TEST_CASE("what a small model would save is said in its reason") {
  const Placed placed(convolutions(1));
  CHECK_THAT(placed.placement.operations[0].reason,
             ANEMON_CONTAINS("the whole function saves less than a call costs"));
  CHECK(placed.placement.operations[0].confidence == Confidence::measured);
  CHECK(placed.placement.segments == 0);
  CHECK(placed.placement.ane_share == 0.0);
  CHECK(placed.placement.ane_possible_share == 1.0);
  CHECK_FALSE(placed.placement.dispatch_floor_seconds);
  CHECK_FALSE(placed.placement.bandwidth_floor_seconds);
}

// 4 x 100 us on the CPU on each side of the tan: the engine pays on both sides.
TEST_CASE("one operation for the CPU amid a large network costs two switches") {
  GraphBuilder graph;
  const Shape shape = {1, 64, 64, 64};
  ValueId x = graph.input("x", kHalf, shape);
  for (int i = 0; i < 4; ++i) x = conv(graph, x, shape);
  x = unary(graph, "tan", x, shape);
  for (int i = 0; i < 4; ++i) x = conv(graph, x, shape);
  graph.output(x);
  const Placed placed(graph);
  CHECK(placed.engines() == "AAAACAAAA");
  CHECK(placed.placement.switches == 2);
  CHECK(placed.placement.segments == 2);
  CHECK(placed.placement.operations[4].reason ==
        "tan has no implementation: not on the Neural Engine (OP-4)");
  CHECK_FALSE(placed.placement.operations[4].costs[kAne].supported);
  CHECK(*placed.placement.ane_share > 0.8);
  CHECK(*placed.placement.ane_share < 1.0);
}

TEST_CASE("one operation for the CPU amid a small network takes the network along") {
  GraphBuilder graph;
  ValueId x = graph.input("x", kHalf, kImage);
  for (int i = 0; i < 2; ++i) x = conv(graph, x);
  x = unary(graph, "tan", x);
  for (int i = 0; i < 2; ++i) x = conv(graph, x);
  graph.output(x);
  CHECK(Placed(graph).engines() == "CCCCC");
}

// The study's context models: two layers, an operation, two layers.
TEST_CASE("the study's networks around one operation go where the compiler sent them") {
  const auto context = [](const std::string& type, Shape result) {
    GraphBuilder graph;
    ValueId x = graph.input("x", kHalf, kImage);
    for (int i = 0; i < 2; ++i) x = unary(graph, "relu", conv(graph, x));
    x = unary(graph, type, x, result);
    for (int i = 0; i < 2; ++i) x = unary(graph, "relu", conv(graph, x, result), result);
    graph.output(x);
    return Placed(graph).engines().substr(0, 8);  // the last relu is a tie
  };
  CHECK(context("softmax", kImage) == "AAAAAAAA");
  CHECK(context("upsample_nearest_neighbor", {1, 64, 64, 64}) == "AAAAAAAA");
  CHECK(context("reduce_mean", {1, 64, 1, 1}) == "CCCCCCCC");
  CHECK(context("slice_by_index", {1, 32, 32, 32}) == "CCCCCCCC");
}

TEST_CASE("32-bit integers leave the engine with the reason") {
  GraphBuilder graph = convolutions(4);
  const ValueId last = graph.function().body.outputs.front();
  graph.function().body.outputs.clear();
  const ValueId label = graph.add("cast", {{"x", {last}}, {"dtype", {graph.text("int32")}}},
                                  {TensorType{DataType::int32, true, kImage}})[0];
  graph.output(label);
  const Placed placed(graph);
  CHECK(placed.engines().back() == 'C');
  CHECK(placed.placement.operations.back().reason ==
        "int32 result: not on the Neural Engine (DT-3)");
}

TEST_CASE("what costs nothing stays with its neighbours") {
  GraphBuilder graph;
  ValueId x = graph.input("x", kHalf, kImage);
  for (int i = 0; i < 3; ++i) x = conv(graph, x);
  x = unary(graph, "reshape", x, {1, 64, 1024});
  x = unary(graph, "reshape", x);
  for (int i = 0; i < 3; ++i) x = conv(graph, x);
  graph.output(x);
  CHECK(Placed(graph).engines() == "AAAAAAAA");
}

TEST_CASE("control flow runs on the CPU as a whole") {
  GraphBuilder graph = convolutions(4);
  const ValueId last = graph.function().body.outputs.front();
  graph.function().body.outputs.clear();
  const ValueId result = graph.add("while_loop", {{"loop_vars", {last}}}, {half(kImage)})[0];
  Operation& loop = graph.function().body.operations.back();
  loop.blocks.resize(2);
  loop.blocks[1].operations.push_back(graph.function().body.operations.front());
  graph.output(result);
  const Placed placed(graph);
  CHECK(placed.engines().size() == 5);
  CHECK(placed.engines().back() == 'C');
  CHECK_THAT(placed.placement.operations.back().reason, ANEMON_CONTAINS("(OP-3)"));
}

TEST_CASE("constants and what unpacks weights are not placed") {
  GraphBuilder graph;
  const ValueId x = graph.input("x", kHalf, kImage);
  graph.add("const", {}, {half({4})});
  const ValueId weight =
      graph.add("constexpr_cast", {{"source_val", {graph.weight(kHalf, {64, 64, 3, 3})}}},
                {half({64, 64, 3, 3})})[0];
  graph.output(graph.add("conv",
                         {{"x", {x}}, {"weight", {weight}}, {"pad_type", {graph.text("same")}}},
                         {half(kImage)})[0]);
  const Placed placed(graph);
  REQUIRE(placed.placement.operations.size() == 1);
  CHECK(placed.placement.operations[0].operation == 2);
}

TEST_CASE("a cache that a state takes stays on the engine, a slice_update alone does not") {
  const auto cache = [](bool written) {
    GraphBuilder graph;
    ValueId x = graph.input("x", kHalf, kImage);
    x = graph.add("slice_update", {{"x", {x}}, {"update", {x}}}, {half(kImage)})[0];
    if (written) {
      graph.add("write_state", {{"input", {graph.input("state", kHalf, kImage)}}, {"data", {x}}},
                {});
    }
    graph.output(x);
    const Placed placed(graph);
    return placed.placement.operations.front().costs[kAne].supported;
  };
  CHECK(cache(true));
  CHECK_FALSE(cache(false));
}

TEST_CASE("off the M4 no engine is named, and what could run is counted") {
  GraphBuilder graph;
  ValueId x = graph.input("x", kHalf, kImage);
  x = conv(graph, x);
  x = unary(graph, "cumsum", x);
  x = conv(graph, x);
  graph.output(x);
  for (const char* name : {"M1", "M2 Ultra", "M4 Max", "A18", "M6"}) {
    const Placed placed(graph, *find_chip(name));
    CHECK(placed.engines() == "---");
    CHECK(placed.placement.segments == 2);
    CHECK(placed.placement.switches == 2);
    CHECK_FALSE(placed.placement.ane_share);
    CHECK_FALSE(placed.placement.latency_low_seconds);
    CHECK_FALSE(placed.placement.latency_high_seconds);
    CHECK(placed.placement.operations[0].confidence == Confidence::none);
    CHECK_THAT(placed.placement.operations[0].reason, ANEMON_CONTAINS(name));
    CHECK_THAT(placed.placement.operations[1].reason, ANEMON_CONTAINS("(OP-4)"));
    // 2 convolutions of 2 * 37748736 FLOPs, cumsum of 65536.
    CHECK(placed.placement.ane_possible_share == Approx(150994944.0 / 151060480.0));
  }
}

TEST_CASE("the floors are the weights over the bandwidth and one call") {
  const GraphBuilder graph = convolutions(4);
  const Placed m1(graph, *find_chip("M1"));
  CHECK(*m1.placement.bandwidth_floor_seconds == Approx(4 * 73728 / 60.87e9));
  CHECK(*m1.placement.dispatch_floor_seconds == Approx(190e-6));
  const Placed a18(graph, *find_chip("A18"));
  CHECK_FALSE(a18.placement.bandwidth_floor_seconds);
  CHECK_FALSE(a18.placement.dispatch_floor_seconds);
}

TEST_CASE("a table that only the CPU reads does not bound the engine") {
  GraphBuilder graph;
  const ValueId ids = graph.input("ids", DataType::int32, {1, 64});
  ValueId x = graph.add("gather", {{"x", {graph.weight(kHalf, {32000, 256})}}, {"indices", {ids}}},
                        {half({1, 64, 256})})[0];
  x = graph.add("linear", {{"x", {x}}, {"weight", {graph.weight(kHalf, {256, 256})}}},
                {half({1, 64, 256})})[0];
  graph.output(x);
  const Placed placed(graph, *find_chip("M1"));
  CHECK(*placed.placement.bandwidth_floor_seconds == Approx(256 * 256 * 2 / 60.87e9));
}

TEST_CASE("the band reaches from the chip's peak to fetching every operand") {
  const Placed placed(convolutions(4));
  // 4 x 75.5 MFLOPs, one call.
  CHECK(*placed.placement.latency_low_seconds == Approx(0.125e-3 + 4 * 75497472.0 / 18.6e12));
  // 256 kB of activations from memory each time; one segment, one output.
  CHECK(*placed.placement.latency_high_seconds == Approx(0.25e-3 + 4 * 262144 / 24e9));
  const Placed cpu(convolutions(1));
  CHECK(*cpu.placement.latency_low_seconds == Approx(100.06e-6 / 2).epsilon(0.001));
  CHECK(*cpu.placement.latency_high_seconds == Approx(100.06e-6 * 2).epsilon(0.001));
}

TEST_CASE("where a cost is incomplete the band has no upper end") {
  GraphBuilder graph = convolutions(4);
  const ValueId last = graph.function().body.outputs.front();
  graph.function().body.outputs.clear();
  graph.output(graph.add("while_loop", {{"loop_vars", {last}}}, {half(kImage)})[0]);
  graph.function().body.operations.back().blocks.resize(2);
  const Placed placed(graph);
  CHECK(placed.placement.latency_low_seconds);
  CHECK_FALSE(placed.placement.latency_high_seconds);
}

TEST_CASE("nothing of a model that may not use the engine is placed there") {
  const Refusal updatable{"MX-3", "updatable model", Confidence::documented};
  const Placed placed(convolutions(4), default_chip(), &updatable);
  CHECK(placed.engines() == "CCCC");
  CHECK(placed.placement.ane_share == 0.0);
  CHECK(placed.placement.ane_possible_share == 0);
  CHECK(placed.placement.operations[0].reason ==
        "updatable model: not on the Neural Engine (MX-3)");
  CHECK(Placed(convolutions(4), *find_chip("M1"), &updatable).placement.segments == 0);
}

TEST_CASE("weights that take longer to read than to multiply with bound the band") {
  GraphBuilder graph;
  ValueId x = graph.input("x", kHalf, {1, 16, 4096});
  for (int i = 0; i < 4; ++i) {
    x = graph.add("linear", {{"x", {x}}, {"weight", {graph.weight(kHalf, {4096, 4096})}}},
                  {half({1, 16, 4096})})[0];
  }
  graph.output(x);
  const Placed placed(graph);
  REQUIRE(placed.engines() == "AAAA");
  const double floor = 4 * 4096.0 * 4096 * 2 / 64.18e9;
  CHECK(*placed.placement.bandwidth_floor_seconds == Approx(floor));
  CHECK(*placed.placement.latency_low_seconds == Approx(floor + 0.125e-3));
}

TEST_CASE("each output on the engine costs as much as a switch") {
  const Placed one(convolutions(6));
  GraphBuilder graph = convolutions(6);
  graph.output(graph.function().body.operations[2].results[0]);
  const Placed two(graph);
  CHECK(two.engines() == "AAAAAA");
  CHECK(*two.placement.latency_high_seconds - *one.placement.latency_high_seconds ==
        Approx(0.125e-3));
}

TEST_CASE("a function without operations is placed nowhere") {
  GraphBuilder graph;
  graph.output(graph.input("x", kHalf, kImage));
  const Placed placed(graph);
  CHECK(placed.placement.operations.empty());
  CHECK_FALSE(placed.placement.ane_share);
  CHECK(placed.placement.ane_possible_share == 0);
}

TEST_CASE("engines have names") {
  CHECK(name_of(Engine::ane) == "ANE");
  CHECK(name_of(Engine::gpu) == "GPU");
  CHECK(name_of(Engine::cpu) == "CPU");
  CHECK_THAT(std::string(kPlacementStudy), ANEMON_CONTAINS("M4"));
}

}  // namespace
}  // namespace anemon::models
