#include "models/placement/engine_costs.h"

#include <functional>

#include "tests/catch.h"
#include "tests/models/graph_builder.h"

namespace anemon::models {
namespace {

using test::GraphBuilder;

constexpr DataType kHalf = DataType::fp16;
constexpr size_t kAne = static_cast<size_t>(Engine::ane);
constexpr size_t kCpu = static_cast<size_t>(Engine::cpu);

TensorType half(Shape shape) { return {kHalf, true, std::move(shape)}; }
const Shape kImage = {1, 64, 32, 32};

ValueId unary(GraphBuilder& graph, const std::string& type, Shape result = kImage) {
  return graph.add(type, {{"x", {graph.input("x", kHalf, kImage)}}}, {half(std::move(result))})[0];
}

ValueId conv(GraphBuilder& graph, Shape weight, int64_t groups = 1, int64_t stride = 1) {
  const int64_t side = 32 / stride;
  const int64_t channels = weight.front();
  return graph.add("conv",
                   {{"x", {graph.input("x", kHalf, kImage)}},
                    {"weight", {graph.weight(kHalf, std::move(weight))}},
                    {"pad_type", {graph.text("same")}},
                    {"strides", {graph.integers({stride, stride})}},
                    {"groups", {graph.integer(groups)}}},
                   {half({1, channels, side, side})})[0];
}

ValueId matmul(GraphBuilder& graph, Shape x, Shape y, Shape result) {
  return graph.add("matmul",
                   {{"x", {graph.input("x", kHalf, std::move(x))}},
                    {"y", {graph.input("y", kHalf, std::move(y))}},
                    {"transpose_x", {graph.flag(false)}},
                    {"transpose_y", {graph.flag(false)}}},
                   {half(std::move(result))})[0];
}

ValueId linear(GraphBuilder& graph, int64_t rows, int64_t in, int64_t out) {
  return graph.add("linear",
                   {{"x", {graph.input("x", kHalf, {1, rows, in})}},
                    {"weight", {graph.weight(kHalf, {out, in})}}},
                   {half({1, rows, out})})[0];
}

ValueId two(GraphBuilder& graph, const std::string& type) {
  return graph.add(
      type, {{"x", {graph.input("x", kHalf, kImage)}}, {"y", {graph.input("y", kHalf, kImage)}}},
      {half(kImage)})[0];
}

std::array<EngineCost, kEngines> costs_of(const std::function<ValueId(GraphBuilder&)>& build,
                                          const Chip& chip = default_chip()) {
  GraphBuilder graph;
  graph.output(build(graph));
  const Model model = graph.model();
  const ModelAnalysis analysis = analyse(model);
  const FunctionAnalysis& function = analysis.functions.front();
  REQUIRE(function.operations.size() == 1);
  const AnalysedOperation& only = function.operations.front();
  return engine_costs({*function.function, *only.operation, function.types}, only.cost, chip);
}

// What the compiler estimated for the study's single operations, in microseconds.
struct Published {
  const char* name;
  std::function<ValueId(GraphBuilder&)> build;
  double ane, cpu;
  double within = 1.02;  // factor
};

std::vector<Published> published() {
  using G = GraphBuilder;
  return {
      {"conv 3x3",
       [](G& g) {
         return conv(g, {64, 64, 3, 3});
       },
       4.674, 100.064},
      {"conv 1x1",
       [](G& g) {
         return conv(g, {64, 64, 1, 1});
       },
       1.171, 21.617},
      {"conv 7x7, stride 2",
       [](G& g) {
         return conv(g, {64, 64, 7, 7}, 1, 2);
       },
       6.362, 136.198},
      {"conv 13x13",
       [](G& g) {
         return conv(g, {64, 64, 13, 13});
       },
       87.773, 1878.977},
      {"conv 3x3, depthwise",
       [](G& g) {
         return conv(g, {64, 1, 3, 3}, 64);
       },
       2.504, 43.553},
      {"conv 3x3, 32 groups",
       [](G& g) {
         return conv(g, {64, 2, 3, 3}, 32);
       },
       5.007, 87.106},
      {"conv 3x3, 16 groups",
       [](G& g) {
         return conv(g, {64, 4, 3, 3}, 16);
       },
       0.659, 12.159},
      {"conv 3x3, 8 groups",
       [](G& g) {
         return conv(g, {64, 8, 3, 3}, 8);
       },
       1.318, 24.319},
      {"conv 3x3, 4 groups",
       [](G& g) {
         return conv(g, {64, 16, 3, 3}, 4);
       },
       1.169, 25.016},
      {"matmul",
       [](G& g) {
         return matmul(g, {1, 128, 256}, {1, 256, 128}, {1, 128, 128});
       },
       2.244, 11.117},
      {"matmul of 8 heads",
       [](G& g) {
         return matmul(g, {1, 8, 128, 64}, {1, 8, 64, 128}, {1, 8, 128, 128});
       },
       7.181, 22.235},
      {"matmul, long inner extent",
       [](G& g) {
         return matmul(g, {1, 16, 32768}, {1, 32768, 16}, {1, 16, 16});
       },
       28.729, 34.475},
      {"linear 256 to 512", [](G& g) { return linear(g, 128, 256, 512); }, 3.171, 100.011},
      {"linear 256 to 256", [](G& g) { return linear(g, 128, 256, 256); }, 28.904, 744.195},
      {"linear 128 to 128", [](G& g) { return linear(g, 128, 128, 128); }, 7.226, 186.052},
      {"linear 512 to 512", [](G& g) { return linear(g, 128, 512, 512); }, 12.684, 400.036},
      {"linear 1024 to 1024", [](G& g) { return linear(g, 64, 1024, 1024); }, 25.368, 800.072},
      {"linear 514 to 514", [](G& g) { return linear(g, 64, 514, 514); }, 58.261, 1500.041},
      {"linear 64 to 64", [](G& g) { return linear(g, 16, 64, 64); }, 1.226, 1.904},
      {"upsample_bilinear",
       [](G& g) {
         return unary(g, "upsample_bilinear", {1, 64, 64, 64});
       },
       3.305, 499.635},
      {"upsample_nearest_neighbor",
       [](G& g) {
         return unary(g, "upsample_nearest_neighbor", {1, 64, 64, 64});
       },
       8.976, 10.771},
      {"softmax", [](G& g) { return unary(g, "softmax"); }, 3.590, 4.308},
      {"layer_norm", [](G& g) { return unary(g, "layer_norm"); }, 3.59, 4.31},
      {"relu", [](G& g) { return unary(g, "relu"); }, 2.621, 2.621},
      {"sigmoid", [](G& g) { return unary(g, "sigmoid"); }, 3.590, 4.308},
      {"transpose", [](G& g) { return unary(g, "transpose"); }, 3.806, 2.997},
      {"reshape",
       [](G& g) {
         return unary(g, "reshape", {1, 64, 1024});
       },
       3.590, 4.309},
      {"reduce_mean",
       [](G& g) {
         return unary(g, "reduce_mean", {1, 64, 1, 1});
       },
       1.797, 2.156},
      {"slice",
       [](G& g) {
         return unary(g, "slice_by_index", {1, 32, 32, 32});
       },
       2.693, 3.232},
      {"pad",
       [](G& g) {
         return unary(g, "pad", {1, 64, 34, 34});
       },
       3.822, 4.586},
      {"add", [](G& g) { return two(g, "add"); }, 7.286, 12.411},
      {"mul", [](G& g) { return two(g, "mul"); }, 6.096, 22.791},
      {"real_div", [](G& g) { return two(g, "real_div"); }, 5.385, 6.463},
      {"concat",
       [](G& g) {
         const ValueId x = g.input("x", kHalf, kImage), y = g.input("y", kHalf, kImage);
         return g.add("concat", {{"values", {x, y}}, {"axis", {g.integer(1)}}},
                      {half({1, 128, 32, 32})})[0];
       },
       2.621, 22.791},
      {"attention",
       [](G& g) {
         const Shape heads = {1, 8, 128, 64};
         const ValueId q = g.input("q", kHalf, heads), k = g.input("k", kHalf, heads),
                       v = g.input("v", kHalf, heads);
         return g.add("scaled_dot_product_attention",
                      {{"query", {q}}, {"key", {k}}, {"value", {v}}}, {half(heads)})[0];
       },
       7.181, 8.617},
      {"conv_transpose 2x2",
       [](G& g) {
         return g.add("conv_transpose",
                      {{"x", {g.input("x", kHalf, kImage)}},
                       {"weight", {g.weight(kHalf, {64, 64, 2, 2})}},
                       {"strides", {g.integers({2, 2})}}},
                      {half({1, 64, 64, 64})})[0];
       },
       8.827, 2125.632},
  };
}

// The same engine is cheaper, or neither.
int preferred(double ane, double cpu) { return ane < cpu ? -1 : ane > cpu ? 1 : 0; }

TEST_CASE("published single operations are estimated as the compiler estimated them") {
  for (const Published& each : published()) {
    INFO(each.name);
    const auto costs = costs_of(each.build);
    const double ane = costs[kAne].seconds * 1e6, cpu = costs[kCpu].seconds * 1e6;
    CHECK(preferred(ane, cpu) == preferred(each.ane, each.cpu));
    CHECK(ane > each.ane / each.within);
    CHECK(ane < each.ane * each.within);
    CHECK(cpu > each.cpu / each.within);
    CHECK(cpu < each.cpu * each.within);
    CHECK(costs[kAne].confidence == Confidence::measured);
  }
}

TEST_CASE("a dilated convolution stays within a factor of three of its estimate") {
  const auto costs = costs_of([](GraphBuilder& g) {
    return g.add("conv",
                 {{"x", {g.input("x", kHalf, kImage)}},
                  {"weight", {g.weight(kHalf, {64, 64, 3, 3})}},
                  {"pad_type", {g.text("same")}},
                  {"dilations", {g.integers({2, 2})}}},
                 {half(kImage)})[0];
  });
  CHECK(costs[kAne].seconds < 3 * 2.636e-6);
  CHECK(costs[kCpu].seconds < 3 * 48.638e-6);
  CHECK(costs[kAne].seconds < costs[kCpu].seconds);
}

TEST_CASE("what the GPU takes is not known on any chip") {
  for (const Chip& chip : chips()) {
    const auto costs = costs_of([](GraphBuilder& g) { return unary(g, "relu"); }, chip);
    CHECK(costs[static_cast<size_t>(Engine::gpu)].confidence == Confidence::none);
  }
}

TEST_CASE("off the M4 the CPU's costs are not known and the Neural Engine's are its roofline") {
  const Chip& m1 = *find_chip("M1");
  const auto wide = costs_of(
      [](GraphBuilder& g) {
        return conv(g, {64, 64, 13, 13});
      },
      m1);  // 1.418 GFLOPs
  CHECK(wide[kCpu].confidence == Confidence::none);
  CHECK(wide[kAne].confidence == Confidence::measured);
  CHECK(wide[kAne].bound == "compute");
  CHECK(wide[kAne].seconds == Approx(1417674752.0 / 12e12));
  const auto moves = costs_of([](GraphBuilder& g) { return unary(g, "relu"); }, m1);
  CHECK(moves[kAne].bound == "activations");
  CHECK(moves[kAne].seconds == Approx(262144.0 / 24e9));
  const auto thin = costs_of([](GraphBuilder& g) { return linear(g, 1, 4096, 4096); }, m1);
  CHECK(thin[kAne].bound == "weights");
  CHECK(thin[kAne].seconds == Approx(4096.0 * 4096 * 2 / 60.87e9));
}

TEST_CASE("where the bandwidth is not published an operation with weights has no cost") {
  size_t without = 0;
  for (const Chip& chip : chips()) {
    if (chip.ane_bytes_per_second) continue;
    INFO(chip.name);
    ++without;
    const auto reads = costs_of([](GraphBuilder& g) { return linear(g, 1, 4096, 4096); }, chip);
    CHECK(reads[kAne].confidence == Confidence::none);
    const auto moves = costs_of([](GraphBuilder& g) { return two(g, "matmul"); }, chip);
    CHECK(moves[kAne].confidence != Confidence::none);
    CHECK(moves[kAne].seconds > 0);
  }
  CHECK(without >= 8);  // A14 to A18 Pro, M3 Pro, M3 Ultra, M5 Pro
}

TEST_CASE(
    "off the M4 a function's own inputs and outputs are fetched, what is between is chained") {
  for (const bool old_network : {false, true}) {
    const DataType stated = old_network ? DataType::fp32 : kHalf;  // computed in fp16 both times
    GraphBuilder graph;
    ValueId x = graph.input("x", stated, kImage);
    for (int i = 0; i < 3; ++i) {
      x = graph.add("relu", {{"x", {x}}}, {{stated, true, kImage}})[0];
    }
    graph.output(x);
    graph.function().old_network = old_network;
    graph.function().exact_arrays = old_network;
    const Model model = graph.model();
    const ModelAnalysis analysis = analyse(model);
    const FunctionAnalysis& function = analysis.functions.front();
    std::vector<double> seconds;
    for (const AnalysedOperation& each : function.operations) {
      const OperationView view(*function.function, *each.operation, function.types);
      seconds.push_back(engine_costs(view, each.cost, *find_chip("M1"))[kAne].seconds);
    }
    REQUIRE(seconds.size() == 3);
    CHECK(seconds[0] == Approx(64 * 32 * 32 * 2 / 24e9));
    CHECK(seconds[1] == 0);
    CHECK(seconds[2] == Approx(seconds[0]));
  }
}

TEST_CASE("off the M4 an operation of unknown shapes has no cost") {
  const auto costs = costs_of(
      [](GraphBuilder& g) {
        return g.add("relu", {{"x", {g.input("x", kHalf, {1, kAnyExtent})}}},
                     {half({1, kAnyExtent})})[0];
      },
      *find_chip("M1"));
  CHECK(costs[kAne].confidence == Confidence::none);
}

TEST_CASE("what the study did not estimate is folklore") {
  const auto confidence = [](const std::string& type) {
    return costs_of([&](GraphBuilder& g) { return unary(g, type); })[kCpu].confidence;
  };
  CHECK(confidence("relu") == Confidence::measured);
  for (const char* type : {"lstm", "gru", "rnn", "cond", "while_loop", "no_such_operation"}) {
    INFO(type);
    CHECK(confidence(type) == Confidence::folklore);
  }
}

TEST_CASE("what bounds an operation is named") {
  CHECK(costs_of([](GraphBuilder& g) { return conv(g, {64, 64, 3, 3}); })[kAne].bound == "compute");
  CHECK(costs_of([](GraphBuilder& g) { return unary(g, "relu"); })[kAne].bound == "activations");
  CHECK(costs_of([](GraphBuilder& g) { return linear(g, 1, 4096, 4096); })[kAne].bound ==
        "weights");
}

TEST_CASE("old networks move half of the bytes their types say") {
  Function old;
  old.old_network = true;
  OperationCost cost;
  cost.precision = DataType::fp32;
  cost.input_bytes = 4000;
  cost.output_bytes = 400;
  cost.parameters = 100;
  cost.weight_bytes_stored = 400;
  const Traffic traffic = traffic_on_ane(old, cost);
  CHECK(traffic.inputs == 2000);
  CHECK(traffic.outputs == 200);
  CHECK(traffic.weights == 200);
  cost.weight_bytes_stored = 50;  // palettised
  CHECK(traffic_on_ane(old, cost).weights == 50);
  CHECK(traffic_on_ane(Function{}, cost).inputs == 4000);
}

}  // namespace
}  // namespace anemon::models
