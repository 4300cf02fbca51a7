// Layers from the file to the shape of their results: the shapes are those that the format's
// documentation states, worked out by hand.
#include <string>

#include "models/analysis/analysis.h"
#include "models/analysis/operation_kind.h"
#include "models/read/lowering.h"
#include "tests/catch.h"
#include "tests/unit/models/layers/network_writer.h"

using namespace anemon::models;
using namespace anemon::models::test;

namespace {

struct Case {
  uint32_t kind;
  std::vector<Shape> inputs;
  ProtoWriter parameters;
  std::vector<Shape> results;
};

ProtoWriter n(uint32_t field, int64_t value) { return ProtoWriter().integer(field, value); }

// Both of a layer's lists, or a list and more.
ProtoWriter operator+(ProtoWriter first, const ProtoWriter& second) {
  return first.append(second.bytes());
}
ProtoWriter m(uint32_t field, const ProtoWriter& message) {
  return ProtoWriter().message(field, message);
}

ProtoWriter border(int64_t top, int64_t bottom, int64_t left, int64_t right) {
  return m(10, n(1, top) + n(2, bottom)) + m(10, n(1, left) + n(2, right));
}

std::vector<Case> cases() {
  const Shape x = {1, 1, 8, 12, 10};
  const Shape vector = {1, 1, 8, 1, 1};
  const Shape steps = {7, 2, 3, 1, 1};
  std::vector<Case> all = {
      // convolution: (12 + 1 + 2 - 3) / 2 + 1, (10 + 0 + 1 - 5) / 1 + 1
      {100,
       {x},
       n(1, 4) + n(2, 8) + list(20, {3, 5}) + list(30, {2, 1}) + m(50, m(1, border(1, 2, 0, 1))) +
           m(90, weights(480)),
       {{1, 1, 4, 7, 7}}},
      {100,
       {x},
       n(1, 4) + n(2, 8) + list(30, {5, 3}) + m(51, {}) + m(90, weights(288)),
       {{1, 1, 4, 3, 4}}},
      // deconvolution: (12 - 1) * 2 + 2
      {100,
       {x},
       n(1, 4) + n(2, 8) + n(60, 1) + list(20, {2, 2}) + list(30, {2, 2}) + m(90, weights(128)),
       {{1, 1, 4, 24, 20}}},
      {100,
       {x},
       n(1, 4) + n(2, 8) + n(60, 1) + list(30, {2, 2}) + list(100, {25, 21}) + m(90, weights(288)),
       {{1, 1, 4, 25, 21}}},
      {1471,
       {{1, 4, 6, 8, 8}},
       n(1, 2) + n(2, 4) + n(31, 2) + n(70, 1) + m(60, weights(216)),
       {{1, 2, 2, 6, 6}}},
      {120, {x}, list(10, {2, 2}) + list(20, {2, 2}), {{1, 1, 8, 6, 5}}},
      // includeLastPixel: ceil((12 + 2 - 3) / 2) + 1; of 11 with stride 3 and kernel 2 the fifth
      // window would begin at 12, beyond the input and its padding
      {120, {x}, list(20, {2, 2}) + m(32, list(10, {1, 1})), {{1, 1, 8, 7, 6}}},
      {120, {x}, list(20, {2, 2}) + m(32, list(10, {0, 0})), {{1, 1, 8, 6, 5}}},
      {120,
       {{1, 1, 8, 11, 10}},
       list(10, {2, 2}) + list(20, {3, 3}) + m(32, list(10, {1, 1})),
       {{1, 1, 8, 4, 4}}},
      {120, {x}, n(60, 1) + n(1, 1), {{1, 1, 8, 1, 1}}},
      {1465, {{1, 4, 6, 8, 8}}, n(5, 2), {{1, 4, 2, 6, 6}}},
      {1466, {{1, 4, 6, 8, 8}}, {}, {{1, 4, 1, 1, 1}}},
      {130, {x}, m(10, {}), {x}},
      {220, {x}, n(1, 3), {x}},
      {140, {x}, n(1, 960) + n(2, 5) + m(20, weights(4800)), {{1, 1, 5, 1, 1}}},
      {140, {{4, 3, 2, 5}}, n(1, 30) + n(2, 7) + m(20, weights(210)), {{4, 7, 1, 1}}},
      {140, {{4, 6}}, n(1, 6) + n(2, 7) + m(20, weights(42)), {{4, 7}}},
      {150, {{3, 2, 1, 1, 1}}, n(1, 10) + n(2, 4) + m(20, weights(40)), {{3, 2, 4, 1, 1}}},
      {1040, {{3, 2, 1}}, n(1, 10) + n(2, 4) + m(20, weights(40)), {{3, 2, 4}}},
      {160,
       {x},
       n(1, 8) + m(15, weights(8)) + m(16, weights(8)) + m(17, weights(8)) + m(18, weights(8)),
       {x}},
      {165, {x}, {}, {x}},
      {165, {x}, n(2, 1), {x}},
      {170, {x}, {}, {x}},
      {175, {x}, {}, {x}},
      {180, {x}, n(3, 5), {x}},
      {190, {x}, m(1, border(1, 2, 3, 4)), {{1, 1, 8, 9, 3}}},
      {190, {x, {1, 1, 2, 5, 4}}, list(5, {1, 1}), {{1, 1, 8, 5, 4}}},
      {200, {x}, m(1, {}) + m(10, border(1, 2, 3, 4)), {{1, 1, 8, 15, 17}}},
      {210, {x}, list(1, {2, 3}), {{1, 1, 8, 24, 30}}},
      {210, {x}, ProtoWriter().bytes(7, floats({1.5F, 2.5F})) + n(5, 1), {{1, 1, 8, 18, 25}}},
      {211, {x}, list(1, {20, 30}), {{1, 1, 8, 20, 30}}},
      {212, {{1, 2, 8, 12, 10}, {6, 1, 4, 1, 1}}, list(1, {3, 4}), {{6, 2, 8, 3, 4}}},
      {212, {{1, 2, 8, 12, 10}, {6, 1, 5, 1, 1}}, list(1, {3, 4}), {{6, 1, 8, 3, 4}}},
      {230, {x, vector}, {}, {x}},
      {230, {x, vector, x}, {}, {x}},
      {230, {x}, {}, {x}},
      {240, {vector, x, x}, {}, {x}},
      {245, {x}, list(1, {8}) + m(2, weights(8)), {x}},
      {245, {x}, list(1, {8}) + m(2, weights(8)) + n(3, 1) + list(4, {1}) + m(5, weights(1)), {x}},
      {250, {x}, list(1, {8, 12, 10}) + m(2, weights(960)), {x}},
      {270, {vector, vector}, {}, {{1, 1, 1, 1, 1}}},
      {280, {x}, n(3, 1), {{1, 1, 8, 1, 1}}},
      {280, {x}, n(1, 9) + n(3, 2), {{1, 1, 1, 12, 10}}},
      {290, {}, list(1, {2, 3, 4}) + m(2, weights(24)), {{1, 1, 2, 3, 4}}},
      {300, {{3, 1, 8, 12, 10}}, list(1, {4, 24, 10}), {{3, 1, 4, 24, 10}}},
      {300, {{3, 1, 8, 12, 10}}, list(1, {1, 24, 12, 10}), {{1, 1, 24, 12, 10}}},
      {301, {x}, {}, {{1, 1, 960, 1, 1}}},
      {301, {{2, 3, 4, 5}}, n(1, 1), {{2, 60, 1, 1}}},
      {310, {{9, 2, 8, 12, 10}}, list(1, {3, 1, 2, 0}), {{10, 2, 8, 12, 9}}},
      {320, {x, {1, 1, 3, 12, 10}}, {}, {{1, 1, 11, 12, 10}}},
      {320, {x, x}, n(100, 1), {{2, 1, 8, 12, 10}}},
      {330, {x}, n(1, 2), {{1, 1, 4, 12, 10}, {1, 1, 4, 12, 10}}},
      {340, {x}, n(1, 3), {{3, 1, 8, 12, 10}}},
      {345, {x}, n(2, 2), {{1, 1, 32, 6, 5}}},
      {345, {x}, n(1, 1) + n(2, 2), {{1, 1, 2, 24, 20}}},
      {345, {x}, n(1, 2) + n(2, 2), {{1, 1, 2, 24, 20}}},
      {350, {x}, n(1, 1) + n(2, -1) + n(3, 2) + n(4, 1), {{1, 1, 8, 5, 10}}},
      {350, {x}, n(1, 2) + n(2, 5) + n(3, 1), {{1, 1, 3, 12, 10}}},
      {400,
       {steps},
       n(1, 3) + n(2, 4) + m(30, weights(12)) + m(31, weights(16)),
       {{1, 2, 4, 1, 1}}},
      {410, {steps}, n(1, 3) + n(2, 4) + n(15, 1) + m(30, weights(12)), {{7, 2, 4, 1, 1}}},
      {420,
       {steps},
       n(1, 3) + n(2, 4) + m(15, n(10, 1)) + m(20, m(1, weights(12))),
       {{7, 2, 4, 1, 1}, {1, 2, 4, 1, 1}, {1, 2, 4, 1, 1}}},
      {430,
       {steps},
       n(1, 3) + n(2, 4) + m(20, m(1, weights(12))),
       {{1, 2, 8, 1, 1}, {1, 2, 4, 1, 1}, {1, 2, 4, 1, 1}, {1, 2, 4, 1, 1}, {1, 2, 4, 1, 1}}},
      {600, {x}, {}, {x}},
      {600, {x, vector}, {}, {x, vector}},
      {815, {{3, 4}, {4}}, {}, {{3, 4}}},
      {865, {{3, 1}, {1, 4}}, {}, {{3, 4}}},
      {870, {{3, 1}, {1, 4}, {2, 1, 1}}, {}, {{2, 3, 4}}},
      {920, {{2, 3}}, list(1, {2, 4}), {{4, 12}}},
      {925, {{2, 3}, {2, 3}}, n(1, -2), {{2, 2, 3}}},
      {930, {{2, 3, 5}, {6, 8}}, n(1, 1), {{2, 6, 8, 5}}},
      {935, {{4, 3}, {2}, {2, 3}}, {}, {{4, 3}}},
      {940, {{2, 3, 5}, {6, 2}}, {}, {{6, 5}}},
      {945, {{4, 3}, {2, 1}, {2, 3}}, {}, {{4, 3}}},
      {950, {{4, 3}}, n(1, 1), {{4, 3}}},
      {952, {{4, 3}, {2, 3}}, {}, {{2, 3}}},
      {960, {{4, 3}}, list(1, {1, 0}), {{4, 3}}},
      {975, {{5, 3, 4}}, n(1, -3) + list(3, {3, 2}), {{3, 3, 4}, {2, 3, 4}}},
      {980, {{3, 2}, {4, 2}}, {}, {{7, 2}}},
      {985, {{6, 7, 8, 9}}, list(1, {3, 1, 2, 0}), {{9, 7, 8, 6}}},
      {995,
       {{5, 5, 5}},
       list(1, {1, 2, 3}) + list(2, {1, 0, 1}) + list(3, {3, -3, 2}) + list(4, {0, 1, 1}) +
           list(5, {2, 2, 2}) + list(6, {0, 0, 0}),
       {{2, 2, 3}}},
      {1005, {{4, 9, 2}}, n(1, 1) + n(2, 3) + n(3, 2), {{4, 4, 3, 2}}},
      {1015, {{45, 34, 10}}, n(1, 1) + n(2, 5), {{45, 5, 10}, {45, 5, 10}}},
      {1025, {{45, 34, 10}}, n(1, -2), {{45, 1, 10}}},
      {1025, {{45, 34, 10}}, n(1, -2) + n(2, 1), {{45, 10}}},
      {1045, {{2, 3, 4}, {4, 5}}, {}, {{2, 3, 5}}},
      {1045, {{2, 3, 4}}, n(5, 4) + n(6, 7) + m(8, weights(28)), {{2, 3, 7}}},
      {1065, {{2, 3, 4}}, {}, {{3}}},
      {1070, {}, list(1, {2, 3}) + m(2, weights(6)), {{2, 3}}},
      {1080, {{2, 3}}, {}, {{2, 3}}},
      {1085, {}, list(2, {4, 5}), {{4, 5}}},
      {1100, {{1, 3}, {4, 3}}, {}, {{4, 3}}},
      {1105, {{1, 3}}, list(1, {4, 3}), {{4, 3}}},
      {1120, {{1, 1, 10, 5}}, list(1, {0, 1}), {{10, 5}}},
      {1120, {{1, 10, 1}}, n(2, 1), {{10}}},
      {1125, {{10, 5}}, list(1, {0, 2}), {{1, 10, 1, 5}}},
      {1130, {{5, 5, 3}}, n(1, -2), {{5, 15}}},
      {1135, {{10, 5}, {5, 10}}, {}, {{5, 10}}},
      {1140, {{10, 5}}, list(1, {-1, 2}), {{25, 2}}},
      {1150, {{20, 10, 5}}, list(1, {0, 2, 25}), {{20, 2, 25}}},
      {1155, {{20, 10}}, list(2, {0, 1, 4, 0}), {{21, 14}}},
      {1155, {{20, 10}}, list(2, {0, 21, 14, 0}) + n(3, 1), {{21, 14}}},
      {1170, {{2, 3}}, {}, {{2, 3}}},
      {1175, {}, list(4, {2, 3}), {{2, 3}}},
      {1230, {{2, 3}}, n(2, 7), {{2, 7}}},
      {1270, {{2, 3, 4}}, list(1, {1}) + n(2, 1), {{2, 1, 4}}},
      {1270, {{2, 3, 4}}, list(1, {1, -1}), {{2}}},
      {1315, {{4, 4}}, n(1, 1), {{4, 4}}},
      {1320, {{4, 4}}, n(1, -1), {{4, 4}}},
      {1330, {{3, 1}, {1, 4}, {1}}, {}, {{3, 4}}},
      {1350, {{10, 5}}, list(1, {5}) + m(3, weights(5)) + m(4, weights(5)), {{10, 5}}},
      {1400, {{2, 30, 4}, {2, 30, 6}}, n(3, 9), {{2, 9, 4}, {2, 9, 6}, {2, 9}, {2}}},
      {1450, {{10, 23}}, n(1, 32) + n(2, 1), {{10, 32, 23}}},
      {1455, {{3, 4}}, n(1, 1), {{3, 4}}},
      {1460, {{3, 4}}, {}, {{3, 4}}},
      {1461, {{3, 4}}, {}, {{3, 4}}},
      {1470, {{2, 3, 4}, {1}}, n(2, 2) + n(3, 1), {{2, 2, 4}}},
  };
  for (const uint32_t same :
       {660, 665, 670, 680, 685, 700, 710, 740, 760, 770, 775, 790, 795, 850}) {
    all.push_back({same, {{3, 4}}, {}, {{3, 4}}});
  }
  return all;
}

}  // namespace

TEST_CASE("every type that a layer can become has a row in the table of operations") {
  for (const LayerKind& kind : layer_kinds()) {
    const std::string type = kind.operation;
    if (type == "custom" || type == "const") continue;
    INFO(kind.name << " -> " << type);
    CHECK(find_operation_kind(type) != nullptr);
  }
  for (const char* type : {"conv_transpose",
                           "avg_pool",
                           "l2_pool",
                           "crop_like",
                           "upsample_bilinear",
                           "add_n",
                           "mul_n",
                           "maximum_n",
                           "minimum_n",
                           "scale",
                           "mvn",
                           "instance_norm",
                           "depth_to_space",
                           "pixel_shuffle",
                           "identity_n",
                           "constantPad",
                           "lowerTriangular",
                           "upperTriangular",
                           "linear_activation",
                           "softplus_parametric",
                           "reduce_log_sum"}) {
    INFO(type);
    CHECK(find_operation_kind(type) != nullptr);
  }
}

TEST_CASE("shapes of layers' results are those that the format states") {
  for (const Case& each : cases()) {
    const LayerKind* kind = find_layer_kind(each.kind);
    REQUIRE(kind != nullptr);
    Model model;
    model.kind = "neuralNetwork";
    Words names;
    for (size_t i = 0; i < each.inputs.size(); ++i) {
      names.push_back("in" + std::to_string(i));
      model.interface.inputs.push_back(array_feature(names.back(), each.inputs[i]));
    }
    Words results;
    for (size_t i = 0; i < each.results.size(); ++i) results.push_back("out" + std::to_string(i));
    ProtoWriter message = network({layer(each.kind, "l", names, results, each.parameters)});
    message.integer(5, 1);  // arrays keep their rank
    const ReadNetwork read = test::read(message, model.interface);
    model.functions.push_back(read.function);
    const ModelAnalysis analysis = analyse(model);
    std::string inputs;
    for (const Shape& shape : each.inputs) inputs += to_text(shape) + " ";
    INFO(kind->name << " as " << read.operation().type << " of " << inputs);
    for (size_t i = 0; i < each.results.size(); ++i) {
      const TensorType& found = analysis.functions[0].types[read.operation().results.at(i)].tensor;
      INFO("result " << i);
      CHECK(to_text(found) == to_text(TensorType{DataType::fp32, true, each.results[i]}));
    }
  }
}
