// What a plan promises: memory used again without harm, weights of every storage, loops, rounding.
#include <cmath>

#include "core/error.h"
#include "models/graph/minifloat.h"
#include "profiler/reference/loaded_model.h"
#include "profiler/reference/unpack.h"
#include "tests/catch.h"
#include "tests/unit/profiler/reference/planned.h"
#include "tests/unit/profiler/reference/slow.h"

using namespace anemon::profiler::reference;
using namespace anemon::profiler::reference::test;
using anemon::models::Argument;
using anemon::models::Block;
using anemon::models::DataType;
using anemon::models::Function;
using anemon::models::Operation;
using anemon::models::Shape;
using anemon::models::ValueId;
using anemon::models::test::GraphBuilder;

namespace {

constexpr DataType kFloat = DataType::fp32;

ValueId number(GraphBuilder& graph, double value) { return graph.numbers(kFloat, {}, {value}); }

// A random graph of images: convolutions in oneDNN's layouts beside what wants rows, values used
// once and often, under other shapes and in other orders.
std::vector<ValueId> grow(GraphBuilder& graph, Dice& dice, ValueId x, int64_t channels) {
  std::vector<ValueId> values = {x};
  const Shape shape = {1, channels, 6, 6};
  for (int i = 0; i < 14; ++i) {
    const auto pick = [&] {
      return values[static_cast<size_t>(
          dice.between(std::max<int64_t>(0, std::ssize(values) - 4), std::ssize(values) - 1))];
    };
    const ValueId from = pick();
    const Row weights = dice.numbers(static_cast<size_t>(channels * channels * 9));
    switch (dice.between(0, 7)) {
      case 0:
        values.push_back(graph.add("conv", {{"x", {from}},
                                            {"weight",
                                             {graph.numbers(kFloat, {channels, channels, 3, 3},
                                                            {weights.begin(), weights.end()})}},
                                            {"pad_type", {graph.text("same")}}}));
        break;
      case 1:
        values.push_back(graph.add("relu", {{"x", {from}}}));
        break;
      case 2:
        values.push_back(graph.add("add", {{"x", {from}}, {"y", {pick()}}}));
        break;
      case 3: {
        const ValueId flat =
            graph.add("reshape", {{"x", {from}}, {"shape", {graph.integers({channels, 36})}}});
        const ValueId turned =
            graph.add("transpose", {{"x", {flat}}, {"perm", {graph.integers({1, 0})}}});
        values.push_back(
            graph.add("reshape", {{"x", {turned}}, {"shape", {graph.integers(shape)}}}));
        break;
      }
      case 4:
        values.push_back(graph.add("tanh", {{"x", {from}}}));
        break;
      case 5:
        values.push_back(graph.add("softmax", {{"x", {from}}, {"axis", {graph.integer(1)}}}));
        break;
      case 6:
        values.push_back(graph.add("mul", {{"x", {from}}, {"y", {number(graph, 0.5)}}}));
        break;
      default:
        values.push_back(graph.add("identity", {{"x", {from}}}));
    }
  }
  return values;
}

}  // namespace

TEST_CASE("memory that is used again holds nothing that is still needed") {
  constexpr int kRounds = 60;
  for (int round = 0; round < kRounds; ++round) {
    Dice dice(static_cast<unsigned>(100 + round));
    const int64_t channels = dice.between(1, 18);
    const Row input = dice.numbers(static_cast<size_t>(channels * 36));
    GraphBuilder graph;
    const ValueId x = graph.input("x", kFloat, {1, channels, 6, 6});
    const std::vector<ValueId> values = grow(graph, dice, x, channels);
    GraphBuilder all = graph;
    graph.output(values.back());
    for (size_t i = 1; i < values.size(); ++i) all.output(values[i]);
    const Row result = planned(graph, {input})[0];
    // Where everything is an output nothing is fused, written over or handed on.
    const Row expected = planned(all, {input}).back();
    INFO("round " << round);
    REQUIRE(result.size() == expected.size());
    for (size_t i = 0; i < result.size(); ++i) {
      if (std::fabs(result[i] - expected[i]) > 1e-4F * (1 + std::fabs(expected[i]))) {
        FAIL("element " << i << " is " << result[i] << ", not " << expected[i]);
      }
    }
  }
}

TEST_CASE("activations that become one compute what they did one by one") {
  constexpr int kRounds = 40;
  for (int round = 0; round < kRounds; ++round) {
    Dice dice(static_cast<unsigned>(500 + round));
    GraphBuilder graph;
    const ValueId x = graph.input("x", kFloat, {64, 1});
    std::vector<ValueId> values = {
        graph.add("linear", {{"x", {x}}, {"weight", {graph.numbers(kFloat, {1, 1}, {4})}}})};
    for (int64_t left = dice.between(1, 6); left > 0; --left) {
      const Row parameters = dice.numbers(2);
      const double a = static_cast<double>(parameters[0]) * 2;
      const double b = static_cast<double>(parameters[1]);
      const int64_t kind = dice.between(0, 3);
      const char* type = kind == 0   ? "relu"
                         : kind == 1 ? "linear_activation"
                         : kind == 2 ? "clip"
                                     : "threshold";
      std::vector<Argument> arguments = {{"x", {values.back()}}};
      if (kind > 0) arguments.push_back({"alpha", {number(graph, kind == 2 ? a - 1 : a)}});
      if (kind == 1) arguments.push_back({"beta", {number(graph, b)}});
      if (kind == 2) arguments.push_back({"beta", {number(graph, a + 1)}});
      values.push_back(graph.add(type, arguments));
    }
    GraphBuilder all = graph;
    graph.output(values.back());
    for (const ValueId value : values) all.output(value);
    const Row input = dice.numbers(64);
    const Row result = planned(graph, {input})[0];
    const Row expected = planned(all, {input}).back();
    INFO("round " << round);
    for (size_t i = 0; i < result.size(); ++i) {
      CHECK(result[i] == Approx(expected[i]).margin(1e-5));
    }
  }
}

TEST_CASE("a chain needs no more memory than two of its links") {
  GraphBuilder graph;
  ValueId value = graph.input("x", kFloat, {1, 1000});
  for (int i = 0; i < 10; ++i) {
    value = graph.add("softmax", {{"x", {value}}, {"axis", {graph.integer(0)}}});
  }
  graph.output(value);
  const anemon::models::Model model = graph.model();
  const Plan plan(graph.function(), anemon::models::infer(graph.function(), model.interface, {}),
                  {});
  CHECK(plan.activation_bytes() <= 4 * 1000 * sizeof(float));
}

TEST_CASE("weights come out of every storage as what they stand for") {
  GraphBuilder graph;
  const ValueId x = graph.input("x", kFloat, {2, 4});
  const auto add = [&](ValueId weights) {
    graph.output(graph.add("add", {{"x", {x}}, {"y", {weights}}}));
  };
  add(graph.add(
      "constexpr_affine_dequantize",
      {{"quantized_data", {graph.numbers(DataType::uint8, {2, 4}, {0, 1, 2, 3, 4, 5, 6, 7})}},
       {"scale", {graph.numbers(kFloat, {2}, {0.5, 2})}},
       {"zero_point", {graph.numbers(DataType::uint8, {2}, {1, 4})}},
       {"axis", {graph.integer(0)}}}));
  // Two bits each, the first in the lowest: 0 1 2 3 3 2 1 0.
  add(graph.add("constexpr_lut_to_dense",
                {{"indices", {graph.numbers(DataType::uint8, {2}, {0xE4, 0x1B})}},
                 {"lut", {graph.numbers(kFloat, {4}, {-1, 0, 5, 9})}},
                 {"shape", {graph.integers({2, 4})}}}));
  // A table for each row.
  add(graph.add("constexpr_lut_to_dense",
                {{"indices", {graph.numbers(DataType::uint8, {2, 4}, {0, 1, 1, 0, 1, 0, 0, 1})}},
                 {"lut", {graph.numbers(kFloat, {2, 1, 2, 1}, {1, 2, 30, 40})}}}));
  add(graph.add("constexpr_sparse_to_dense",
                {{"nonzero_data", {graph.numbers(kFloat, {3}, {7, 8, 9})}},
                 {"mask", {graph.numbers(DataType::uint8, {1}, {0x89})}},
                 {"shape", {graph.integers({2, 4})}}}));
  add(graph.add("constexpr_blockwise_shift_scale",
                {{"data", {graph.numbers(DataType::int32, {2, 4}, {1, 2, 3, 4, 5, 6, 7, 8})}},
                 {"scale", {graph.numbers(kFloat, {2, 2}, {1, 10, 100, 1000})}},
                 {"offset", {graph.numbers(kFloat, {2, 2}, {1, 0, 0, 8})}}}));
  // Sparse and palettised: one table, then where its elements go.
  const auto made = graph.add(
      "constexpr_lut_to_sparse",
      {{"indices_mask", {graph.numbers(DataType::uint8, {2, 4}, {1, 0, 0, 1, 0, 0, 1, 0})}},
       {"indices_nonzero_data", {graph.numbers(DataType::uint8, {3}, {1, 0, 1})}},
       {"lut", {graph.numbers(kFloat, {2, 1, 2, 1}, {1, 2, 30, 40})}}},
      {GraphBuilder::unstated(), GraphBuilder::unstated()});
  add(graph.add("constexpr_sparse_to_dense", {{"nonzero_data", {made[1]}}, {"mask", {made[0]}}}));
  const auto outputs = planned(graph, {Row(8, 0.0F)});
  CHECK(outputs[5] == Row{2, 0, 0, 1, 0, 0, 40, 0});
  CHECK(outputs[0] == Row{-0.5F, 0, 0.5F, 1, 0, 2, 4, 6});
  CHECK(outputs[1] == Row{-1, 0, 5, 9, 9, 5, 0, -1});
  CHECK(outputs[2] == Row{1, 2, 2, 1, 40, 30, 30, 40});
  CHECK(outputs[3] == Row{7, 0, 0, 8, 0, 0, 0, 9});
  CHECK(outputs[4] == Row{0, 1, 30, 40, 500, 600, -1000, 0});
}

TEST_CASE("a loop carries values round until its condition ends it") {
  // while (i < 5) { i += 1; (a, b) = (b, a + b); }
  GraphBuilder graph;
  const ValueId a = graph.input("a", kFloat, {1});
  const ValueId b = graph.input("b", kFloat, {1});
  Function& function = graph.function();
  const auto value = [&](const char* name, DataType dtype, Shape shape) {
    function.values.push_back(
        {name, {anemon::models::ValueKind::tensor, {dtype, true, std::move(shape)}}, {}});
    return static_cast<ValueId>(function.values.size() - 1);
  };
  const auto operation = [&](const char* type, ValueId x, ValueId y, DataType dtype, Shape shape) {
    Operation made;
    made.type = made.name = type;
    made.arguments = {{"x", {x}}, {"y", {y}}};
    made.results = {value(type, dtype, std::move(shape))};
    return made;
  };
  const ValueId five = graph.integer(5);
  const ValueId one = graph.integer(1);
  const ValueId zero = graph.integer(0);
  Operation loop;
  loop.type = loop.name = "while_loop";
  loop.arguments = {{"loop_vars", {zero, a, b}}};
  for (int i = 0; i < 2; ++i) {
    Block block;
    block.inputs = {value("i", DataType::int32, {}), value("a", kFloat, {1}),
                    value("b", kFloat, {1})};
    if (i == 0) {
      block.operations = {operation("less", block.inputs[0], five, DataType::boolean, {})};
      block.outputs = {block.operations[0].results[0]};
    } else {
      block.operations = {operation("add", block.inputs[0], one, DataType::int32, {}),
                          operation("add", block.inputs[1], block.inputs[2], kFloat, {1})};
      block.outputs = {block.operations[0].results[0], block.inputs[2],
                       block.operations[1].results[0]};
    }
    loop.blocks.push_back(std::move(block));
  }
  loop.results = {value("ri", DataType::int32, {}), value("ra", kFloat, {1}),
                  value("rb", kFloat, {1})};
  for (const ValueId result : loop.results) graph.output(result);
  function.body.operations.push_back(std::move(loop));
  const auto outputs = planned(graph, {{0}, {1}});
  CHECK(outputs[0] == Row{5});
  CHECK(outputs[1] == Row{5});
  CHECK(outputs[2] == Row{8});
}

TEST_CASE("results of fp16 are rounded to it where that is asked") {
  GraphBuilder graph;
  const ValueId x = graph.input("x", DataType::fp16, {3});
  graph.output(graph.add("mul", {{"x", {x}}, {"y", {number(graph, 1)}}}));
  const Row input = {1.0009765F, 70000.0F, 0.1F};
  PlanOptions rounded;
  rounded.round_to_fp16 = true;
  CHECK(planned(graph, {input})[0] == input);
  const Row result = planned(graph, {input}, rounded)[0];
  CHECK(result[0] == 1.0009765625F);
  CHECK(std::isinf(result[1]));
  CHECK(result[2] == 0.0999755859375F);
}

TEST_CASE("rounding to fp16 agrees with the format's definition for all kinds of numbers") {
  const auto half = *anemon::models::minifloat_of(DataType::fp16);
  std::mt19937 random(3);
  for (int i = 0; i < 200'000; ++i) {
    const auto exponent = static_cast<int>(random() % 48) - 30;
    const float value = std::ldexp(static_cast<float>(random()) / 4294967296.0F + 1, exponent);
    const float signed_value = random() % 2 == 0 ? value : -value;
    const double expected = anemon::models::decode(
        half, anemon::models::encode(half, static_cast<double>(signed_value)));
    if (static_cast<double>(rounded_to_half(signed_value)) != expected) {
      FAIL(signed_value << " becomes " << rounded_to_half(signed_value) << ", not " << expected);
    }
  }
  CHECK(half_to_float(0x3C00) == 1.0F);
  CHECK(half_to_float(0x0001) == std::ldexp(1.0F, -24));
  CHECK(half_to_float(0xFBFF) == -65504.0F);
}

TEST_CASE("an operation that is not supported is named") {
  GraphBuilder graph;
  graph.output(graph
                   .add("affine", {{"x", {graph.input("x", kFloat, {1, 1, 4, 4})}}},
                        {{kFloat, true, {1, 1, 4, 4}}})
                   .front());
  CHECK_THROWS_WITH(
      planned(graph, {Row(16)}),
      ANEMON_CONTAINS("affine_0") && ANEMON_CONTAINS("not supported by the reference engine"));
}

TEST_CASE("an index outside of its tensor is an error of its operation") {
  GraphBuilder graph;
  const ValueId x = graph.input("x", kFloat, {3});
  const ValueId at = graph.input("at", DataType::int32, {1});
  graph.output(graph.add("gather", {{"x", {x}}, {"indices", {at}}, {"axis", {graph.integer(0)}}}));
  CHECK(planned(graph, {{1, 2, 3}, {-1}})[0] == Row{3});
  CHECK_THROWS_WITH(planned(graph, {{1, 2, 3}, {3}}),
                    ANEMON_CONTAINS("gather_0") && ANEMON_CONTAINS("index 3"));
}

TEST_CASE("images are prepared as the network says, channel by channel") {
  GraphBuilder graph("");
  const ValueId x = graph.input("image", kFloat, {1, 1, 3, 1, 2});
  graph.output(graph.add("identity", {{"x", {x}}}));
  Function& function = graph.function();
  function.old_network = true;
  anemon::models::ImagePreprocessing preparation;
  preparation.scale = 2;
  preparation.red_bias = 1;
  preparation.green_bias = 10;
  preparation.blue_bias = 100;
  function.preprocessing.push_back(preparation);
  for (const char* space : {"RGB", "BGR"}) {
    auto model = std::make_unique<anemon::models::Model>(graph.model());
    model->kind = "neuralNetwork";
    anemon::models::Feature& feature = model->interface.inputs[0];
    feature.kind = anemon::models::FeatureKind::image;
    feature.color_space = space;
    feature.tensor = {DataType::uint8, true, {3, 1, 2}};
    const auto loaded = load_model(std::move(model), "", {}, {});
    anemon::profiler::FeatureValue value;
    value.name = "image";
    value.numbers = {1, 2, 3, 4, 5, 6};
    loaded->set_inputs(0, {value});
    loaded->predict(1);
    const bool rgb = std::string(space) == "RGB";
    CHECK(loaded->results(0)[0].numbers ==
          (rgb ? Row{3, 5, 16, 18, 110, 112} : Row{102, 104, 16, 18, 11, 13}));
  }
}
