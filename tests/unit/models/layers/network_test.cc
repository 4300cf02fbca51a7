// Names, types and the network around the layers.
#include "tests/catch.h"
#include "tests/unit/models/layers/network_writer.h"

using namespace anemon::models;
using namespace anemon::models::test;

namespace {

constexpr uint32_t kAdd = 880;
constexpr uint32_t kCeil = 665;

Interface with_inputs(std::vector<Feature> inputs, const Words& outputs = {}) {
  Interface interface;
  interface.inputs = std::move(inputs);
  for (const std::string& name : outputs) interface.outputs.push_back(array_feature(name, {}));
  return interface;
}

TensorType input_type(const ReadNetwork& read, size_t index = 0) {
  return read.function.values[read.function.body.inputs.at(index)].type.tensor;
}

Feature image_feature(Shape shape) {
  Feature image = array_feature("image", std::move(shape));
  image.kind = FeatureKind::image;
  image.tensor.dtype = DataType::uint8;
  return image;
}

}  // namespace

TEST_CASE("a name written again is a new value, in place or not") {
  const ReadNetwork read =
      test::read(network({layer(kCeil, "a", {"x"}, {"t"}), layer(kCeil, "b", {"t"}, {"t"}),
                          layer(kAdd, "c", {"t", "x"}, {"x"}), layer(kCeil, "d", {"x"}, {"y"})}),
                 with_inputs({array_feature("x", {4})}, {"y", "t"}));
  const auto& operations = read.function.body.operations;
  const ValueId first = operations[0].results[0];
  const ValueId second = operations[1].results[0];
  CHECK(first != second);
  CHECK(operations[1].arguments[0].values[0] == first);
  CHECK(operations[2].arguments[0].values[0] == second);
  CHECK(operations[2].arguments[1].values[0] == read.function.body.inputs[0]);
  CHECK(operations[3].arguments[0].values[0] == operations[2].results[0]);
  CHECK(read.function.body.outputs == std::vector<ValueId>{operations[3].results[0], second});
  CHECK(read.oddities.empty());
}

TEST_CASE("inputs get the rank that the network's mapping gives them") {
  const auto mapped = [](const Feature& feature, int64_t arrays = 0, int64_t images = 0) {
    return input_type(
        test::read(ProtoWriter().integer(5, arrays).integer(6, images), with_inputs({feature})));
  };
  CHECK(mapped(array_feature("x", {7})) == TensorType{DataType::fp32, true, {1, 1, 7, 1, 1}});
  CHECK(mapped(array_feature("x", {3, 4, 5})).shape == Shape{1, 1, 3, 4, 5});
  CHECK(mapped(array_feature("x", {2, 3, 4, 5})).shape == Shape{1, 2, 3, 4, 5});
  CHECK(mapped(array_feature("x", {6, 2, 3, 4, 5})).shape == Shape{6, 2, 3, 4, 5});
  CHECK(mapped(array_feature("x", {7}), 1).shape == Shape{7});
  CHECK(mapped(array_feature("x", {7, 8}), 1).shape == Shape{7, 8});
  CHECK(mapped(image_feature({3, 20, 30})) == TensorType{DataType::fp32, true, {1, 1, 3, 20, 30}});
  CHECK(mapped(image_feature({1, 20, 30}), 1, 1).shape == Shape{1, 1, 20, 30});
  CHECK(mapped(image_feature({3, 20, 30}), 1, 0).shape == Shape{1, 1, 3, 20, 30});
  CHECK_FALSE(mapped(array_feature("x", {})).ranked);
}

TEST_CASE("what a feature leaves flexible is open in the network's input") {
  Feature range = array_feature("x", {3, 20, 30});
  range.flexibility = Flexibility::range;
  range.ranges = {{3, 3}, {10, 40}, {30, kAnyExtent}};
  CHECK(input_type(test::read({}, with_inputs({range}))).shape ==
        Shape{1, 1, 3, kAnyExtent, kAnyExtent});

  Feature some = image_feature({3, 20, 30});
  some.flexibility = Flexibility::enumerated;
  some.enumerated = {{3, 20, 30}, {3, 20, 60}};
  const ReadNetwork read = test::read({}, with_inputs({some}));
  CHECK(input_type(read).shape == Shape{1, 1, 3, 20, kAnyExtent});
  CHECK(network_shape(some, {3, 20, 60}, read.function) == Shape{1, 1, 3, 20, 60});
  CHECK(network_shape(some, {3, 20, 60}, Function()) == Shape{3, 20, 60});
}

TEST_CASE("types stored with a layer are its results' types") {
  ProtoWriter message = layer(kCeil, "a", {"x"}, {"p", "q", "r"});
  message.message(5, ProtoWriter().integer(1, 2).append(list(2, {4, -1}).bytes()));
  message.message(5, ProtoWriter().integer(1, 3).append(list(2, {4, 5}).bytes()));  // rank differs
  const ReadNetwork read = test::read(network({message}), with_inputs({array_feature("x", {4})}));
  const auto type = [&](size_t i) {
    return read.function.values[read.operation().results[i]].type.tensor;
  };
  CHECK(type(0) == TensorType{DataType::fp32, true, {4, kAnyExtent}});
  CHECK_FALSE(type(1).ranked);
  CHECK_FALSE(type(2).ranked);
}

TEST_CASE("a name that nothing writes is an oddity with both names, once") {
  const ReadNetwork read = test::read(
      network({layer(kCeil, "a", {"ghost"}, {"y"}), layer(kCeil, "b", {"ghost"}, {"z"})}));
  REQUIRE(read.oddities.size() == 1);
  CHECK(read.oddities[0].message == "layer 'a' reads 'ghost', which no layer before it writes");
  CHECK(read.oddities[0].operation == "a");
}

TEST_CASE("a layer kind without a row stays an operation with its number") {
  const ReadNetwork read =
      test::read(network({layer(9999, "future", {"x"}, {"y"}, ProtoWriter().integer(1, 2)),
                          layer(kCeil, "after", {"y"}, {"z"})}),
                 with_inputs({array_feature("x", {4})}, {"z"}));
  CHECK(read.operation().type == "unknown_9999");
  CHECK(read.reads("values") == "x");
  REQUIRE(read.oddities.size() == 1);
  CHECK(read.oddities[0].kind == Oddity::Kind::unknown_layer);
  CHECK(read.function.body.operations[1].arguments[0].values == read.operation().results);

  const ReadNetwork none =
      test::read(ProtoWriter().message(1, ProtoWriter().bytes(1, "empty").bytes(3, "y")));
  CHECK(none.operation().type == "unknown_0");
}

TEST_CASE("of two kinds in one layer the last counts, and one in two parts is merged") {
  ProtoWriter both = layer(140, "a", {}, {"y"}, ProtoWriter().integer(10, 7));
  both.message(100, ProtoWriter().integer(1, 4)).message(100, ProtoWriter().integer(2, 5));
  both.message(100, ProtoWriter().message(90, weights(180)));
  const ReadNetwork read = test::read(network({both}));
  CHECK(read.operation().layer == "convolution");
  CHECK(read.shape("weight") == Shape{4, 5, 3, 3});
  CHECK(read.integer("groups") == 1);  // 7 was the other kind's
}

TEST_CASE("weight counts that do not fit name the layer and the numbers") {
  const ReadNetwork read =
      read_layer(100, ProtoWriter().integer(1, 8).integer(2, 3).message(90, weights(211)));
  REQUIRE(read.oddities.size() == 1);
  CHECK(read.oddities[0].kind == Oddity::Kind::weight_count);
  CHECK(read.oddities[0].message ==
        "layer 'the layer' (convolution) holds 211 values, its parameters ask for 216 (8x3x3x3)");
}

TEST_CASE("a layer whose weights are not in the file keeps their shape") {
  for (const auto& [kind, params] : {std::pair{100U, ProtoWriter().integer(1, 8).integer(2, 3)},
                                     std::pair{140U, ProtoWriter().integer(1, 4).integer(2, 5)}}) {
    const ReadNetwork read = read_layer(kind, params);
    REQUIRE(read.oddities.size() == 1);
    CHECK(read.oddities[0].kind == Oddity::Kind::weight_count);
    CHECK(read.oddities[0].message.find("holds 0 values") != std::string::npos);
    CHECK(read.shape("weight") == (kind == 100 ? Shape{8, 3, 3, 3} : Shape{5, 4}));
    CHECK(read.function.constant(read.operation(), "weight")->stored_bytes() == 0);
  }
}

TEST_CASE("a classifier's probabilities are an output, by name or as the last layer's result") {
  const ProtoWriter layers =
      network({layer(kCeil, "a", {"x"}, {"probs"}), layer(kCeil, "b", {"probs"}, {"rest"})});
  const auto outputs = [&](const ProtoWriter& rest, const Words& names) {
    const ReadNetwork read = test::read(ProtoWriter(layers).append(rest.bytes()),
                                        with_inputs({array_feature("x", {4})}, names));
    std::string text;
    for (const ValueId id : read.function.body.outputs) text += read.function.values[id].name + " ";
    return text;
  };
  CHECK(outputs(ProtoWriter().bytes(200, "probs"), {"label"}) == "probs ");
  CHECK(outputs(ProtoWriter().bytes(200, "probs"), {"probs", "label"}) == "probs ");
  CHECK(outputs(ProtoWriter().message(100, {}), {"label"}) == "rest ");
  CHECK(outputs({}, {"probs"}) == "probs ");
}

TEST_CASE("what is done to images first is kept") {
  ProtoWriter message = network({layer(kCeil, "a", {"image"}, {"y"})});
  message.message(
      2,
      ProtoWriter()
          .bytes(1, "image")
          .message(
              10,
              ProtoWriter().float32(10, 0.5F).float32(20, 1).float32(21, 2).float32(22, 3).float32(
                  30, 4)));
  message.message(2, ProtoWriter().bytes(1, "image").message(11, weights(12)));
  const ReadNetwork read = test::read(message, with_inputs({image_feature({3, 2, 2})}));
  REQUIRE(read.function.preprocessing.size() == 2);
  const ImagePreprocessing& scaler = read.function.preprocessing[0];
  CHECK(scaler.input == "image");
  CHECK(scaler.scale == 0.5);
  CHECK(scaler.blue_bias == 1);
  CHECK(scaler.green_bias == 2);
  CHECK(scaler.red_bias == 3);
  CHECK(scaler.gray_bias == 4);
  REQUIRE(read.function.preprocessing[1].mean_image);
  CHECK(read.function.preprocessing[1].mean_image->type.shape == Shape{12});
  CHECK(read.function.body.operations.size() == 1);
}
