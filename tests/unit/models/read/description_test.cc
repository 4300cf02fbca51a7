#include "models/read/mlmodel.h"
#include "tests/catch.h"
#include "tests/models/graph_builder.h"
#include "tests/models/model_writer.h"

using namespace anemon::models;
using namespace anemon::models::test;

namespace {

Model read(const std::string& text) {
  return read_mlmodel({reinterpret_cast<const std::byte*>(text.data()), text.size()}, {});
}

Feature array(std::string name, Shape shape) {
  Feature feature;
  feature.name = std::move(name);
  feature.kind = FeatureKind::array;
  feature.tensor = {DataType::fp32, true, std::move(shape)};
  return feature;
}

Feature image(std::string color_space, int64_t height, int64_t width) {
  Feature feature;
  feature.name = "picture";
  feature.kind = FeatureKind::image;
  feature.tensor.shape = {color_space.starts_with("GRAY") ? 1 : 3, height, width};
  feature.color_space = std::move(color_space);
  return feature;
}

// A model of a kind without content, around a description.
ProtoWriter model_with(const ProtoWriter& description, int version = 5, uint32_t kind = 900) {
  return ProtoWriter().integer(1, version).message(2, description).message(kind, {});
}

Feature read_input(const ProtoWriter& feature) {
  return read(model_with(ProtoWriter().message(1, feature)).bytes()).interface.inputs.at(0);
}

Feature read_array(const ProtoWriter& type) {
  return read_input(ProtoWriter().bytes(1, "x").message(3, ProtoWriter().message(5, type)));
}

ProtoWriter range(int64_t lower, int64_t upper) {
  return ProtoWriter().integer(1, lower).integer(2, upper);
}

}  // namespace

TEST_CASE("a feature keeps its name, kind, type and shape") {
  const Feature x = read_input(feature_message(array("x", {1, 3, 224, 224})));
  CHECK(x.name == "x");
  CHECK(x.kind == FeatureKind::array);
  CHECK(x.tensor == TensorType{DataType::fp32, true, {1, 3, 224, 224}});
  CHECK(x.flexibility == Flexibility::fixed);
  CHECK_FALSE(x.optional);
  Feature optional = array("y", {2});
  optional.optional = true;
  optional.description = "how\nmuch";
  CHECK(read_input(feature_message(optional)).optional);
  CHECK(read_input(feature_message(optional)).description == "how much");
}

TEST_CASE("an image is a tensor of its channels, height and width") {
  const Feature rgb = read_input(feature_message(image("RGB", 480, 640)));
  CHECK(rgb.tensor == TensorType{DataType::uint8, true, {3, 480, 640}});
  CHECK(rgb.color_space == "RGB");
  CHECK(read_input(feature_message(image("GRAYSCALE", 8, 9))).tensor.shape == Shape{1, 8, 9});
  const Feature half = read_input(feature_message(image("GRAYSCALE_FLOAT16", 8, 9)));
  CHECK(half.tensor == TensorType{DataType::fp16, true, {1, 8, 9}});

  Feature sizes = image("BGR", 480, 640);
  sizes.enumerated = {{3, 480, 640}, {3, 240, 320}};
  const Feature enumerated = read_input(feature_message(sizes));
  CHECK(enumerated.flexibility == Flexibility::enumerated);
  CHECK(enumerated.enumerated == sizes.enumerated);

  sizes.enumerated.clear();
  sizes.ranges = {{3, 3}, {100, 480}, {200, kAnyExtent}};
  const Feature open = read_input(feature_message(sizes));
  CHECK(open.flexibility == Flexibility::unbounded);
  REQUIRE(open.ranges.size() == 3);
  CHECK(open.ranges[1].upper == 480);
  CHECK(open.ranges[2].lower == 200);
  CHECK(open.ranges[2].upper == kAnyExtent);
}

TEST_CASE("ranges tell how flexible an array is") {
  Feature feature = array("x", {1, 16});
  feature.ranges = {{1, 1}, {1, 512}};
  const Feature bounded = read_input(feature_message(feature));
  CHECK(bounded.flexibility == Flexibility::range);
  CHECK(bounded.ranges.at(1).upper == 512);
  feature.ranges = {{1, 1}, {1, -5}};
  CHECK(read_input(feature_message(feature)).flexibility == Flexibility::unbounded);
  SECTION("and ranges that leave nothing open are fixed") {
    feature.ranges = {{2, 2}, {32, 32}};
    const Feature fixed = read_input(feature_message(feature));
    CHECK(fixed.flexibility == Flexibility::fixed);
    CHECK(fixed.tensor.shape == Shape{2, 32});
    CHECK(fixed.ranges.empty());
  }
}

TEST_CASE("a single enumerated shape is fixed") {
  Feature feature = array("x", {1, 16});
  feature.enumerated = {{1, 16}};
  CHECK(read_input(feature_message(feature)).flexibility == Flexibility::fixed);
  feature.enumerated = {{1, 16}, {1, 32}};
  CHECK(read_input(feature_message(feature)).flexibility == Flexibility::enumerated);
}

TEST_CASE("the default shape comes from what is flexible when none is stated") {
  const std::vector<int64_t> four{4}, eight{8};
  const ProtoWriter shapes = ProtoWriter()
                                 .message(1, ProtoWriter().packed(1, eight))
                                 .message(1, ProtoWriter().packed(1, four));
  CHECK(read_array(ProtoWriter().message(21, shapes)).tensor.shape == Shape{8});
  CHECK(read_array(ProtoWriter().message(31, ProtoWriter().message(1, range(3, 9)))).tensor.shape ==
        Shape{3});
  CHECK_FALSE(read_array(ProtoWriter()).tensor.ranked);
}

TEST_CASE("of enumerated shapes and ranges in one array the last counts") {
  const std::vector<int64_t> four{4}, eight{8};
  const ProtoWriter shapes = ProtoWriter()
                                 .message(1, ProtoWriter().packed(1, eight))
                                 .message(1, ProtoWriter().packed(1, four));
  const ProtoWriter ranges = ProtoWriter().message(1, range(3, 9));
  CHECK(read_array(ProtoWriter().message(21, shapes).message(31, ranges)).flexibility ==
        Flexibility::range);
  CHECK(read_array(ProtoWriter().message(31, ranges).message(21, shapes)).flexibility ==
        Flexibility::enumerated);
}

TEST_CASE("a shape of single numbers is read like a packed one") {
  const Feature x = read_array(ProtoWriter().integer(1, 2).integer(1, 3).integer(2, 65552));
  CHECK(x.tensor == TensorType{DataType::fp16, true, {2, 3}});
}

TEST_CASE("ranges of another rank than the shape are odd and left out") {
  Feature feature = array("x", {1, 16});
  feature.ranges = {{1, 8}};
  const Model model = read(model_with(ProtoWriter().message(1, feature_message(feature))).bytes());
  CHECK(model.interface.inputs[0].flexibility == Flexibility::fixed);
  REQUIRE(model.oddities.size() == 1);
  CHECK_THAT(model.oddities[0].message,
             ANEMON_CONTAINS("another rank than its default shape 1x16"));
}

TEST_CASE("the metadata of the author and of the user are told") {
  const ProtoWriter metadata = ProtoWriter()
                                   .bytes(1, "Counts cats")
                                   .bytes(2, "1.2")
                                   .bytes(3, "Somebody")
                                   .bytes(4, "MIT\nas it is")
                                   .entry(100, "com.example.source", "torch==2.1")
                                   .entry(100, "com.example.source", "torch==2.2");
  const Model model = read(model_with(ProtoWriter().message(100, metadata)).bytes());
  CHECK(model.metadata == std::map<std::string, std::string>{{"description", "Counts cats"},
                                                             {"version", "1.2"},
                                                             {"author", "Somebody"},
                                                             {"license", "MIT as it is"},
                                                             {"com.example.source", "torch==2.2"}});
}

TEST_CASE("a description in two parts is merged") {
  const ProtoWriter model =
      ProtoWriter()
          .integer(1, 4)
          .message(2, ProtoWriter().message(1, feature_message(array("a", {1}))))
          .message(2, ProtoWriter().message(1, feature_message(array("b", {1}))))
          .message(900, {});
  CHECK(read(model.bytes()).interface.inputs.size() == 2);
}

TEST_CASE("every kind of model is recognised by its name") {
  const std::pair<uint32_t, const char*> kinds[] = {
      {300, "glmRegressor"},       {404, "kNearestNeighborsClassifier"},
      {555, "customModel"},        {610, "nonMaximumSuppression"},
      {900, "identity"},           {2002, "visionFeaturePrint"},
      {2006, "audioFeaturePrint"}, {3000, "serializedModel"}};
  for (const auto& [number, name] : kinds) {
    INFO(name);
    const Model model = read(model_with({}, 5, number).bytes());
    CHECK(model.kind == name);
    CHECK(model.oddities.empty());
  }
}

TEST_CASE("a model newer than this program is described as far as it is known") {
  const Model newer = read(model_with({}, 11).bytes());
  REQUIRE(newer.oddities.size() == 1);
  CHECK(newer.oddities[0].kind == Oddity::Kind::newer_version);
  CHECK(read(model_with({}, 10).bytes()).oddities.empty());
  const Model unknown = read(model_with({}, 12, 777).bytes());
  CHECK(unknown.kind == "unknown");
  CHECK(unknown.oddities.size() == 2);
}

TEST_CASE("members of pipelines are read, named, and nested") {
  GraphBuilder graph;
  graph.output(graph.add("relu", {{"x", {graph.input("x", DataType::fp16, {4})}}}));
  Model inner;
  inner.kind = "pipeline";
  inner.specification_version = 5;
  inner.members = {graph.model()};
  inner.members[0].name = "network";
  Model outer;
  outer.kind = "pipelineClassifier";
  outer.specification_version = 5;
  outer.updatable = true;
  outer.members = {inner, graph.model()};
  outer.members[0].name = "first";
  outer.members[1].name = "last";
  WeightWriter weights;
  const std::string bytes = model_message(outer, weights).bytes();
  const Model model = read(bytes);
  CHECK(model.kind == "pipelineClassifier");
  CHECK(model.updatable);
  REQUIRE(model.members.size() == 2);
  CHECK(model.members[0].name == "first");
  CHECK(model.members[0].kind == "pipeline");
  CHECK(model.members[0].members.at(0).name == "network");
  CHECK(model.members[0].members.at(0).functions.at(0).body.operations.size() == 1);
  CHECK(model.members[1].name == "last");
  CHECK(newest_version(model) == 8);
}

TEST_CASE("a pipeline in several parts has all their members and names in order") {
  const ProtoWriter member = ProtoWriter().integer(1, 5).message(900, {});
  const ProtoWriter first = ProtoWriter().message(1, member).bytes(2, "a");
  const ProtoWriter second = ProtoWriter().message(1, member).bytes(2, "b");
  const ProtoWriter third = ProtoWriter().message(1, member);
  const Model model =
      read(ProtoWriter()
               .integer(1, 5)
               .message(200, ProtoWriter().message(1, first).message(1, second).message(1, third))
               .bytes());
  REQUIRE(model.members.size() == 3);
  CHECK(model.members[0].name == "a");
  CHECK(model.members[1].name == "b");
  CHECK(model.members[2].name == "identity");
}

TEST_CASE("metadata that is said again and empty is taken back") {
  const auto said = [](const char* value) {
    return ProtoWriter().bytes(3, value).entry(100, "key", value);
  };
  const auto metadata = [&](const ProtoWriter& first, const ProtoWriter& second) {
    const ProtoWriter description = ProtoWriter().message(100, first).message(100, second);
    return read(model_with(description).bytes()).metadata;
  };
  CHECK(metadata(said("x"), said("")).empty());
  CHECK(metadata(said(""), said("x")).size() == 2);
  CHECK(metadata(said("x"), {}).at("author") == "x");
}

TEST_CASE("outputs without a shape take it from the program") {
  GraphBuilder graph;
  const ValueId x = graph.input("x", DataType::fp16, {4});
  graph.output(graph.add("relu", {{"x", {x}}}, {{DataType::fp16, true, {4, 7}}})[0]);
  Model written = graph.model();
  written.interface.outputs[0].tensor = {DataType::fp32, true, {}};
  WeightWriter weights;
  const std::string bytes = model_message(written, weights).bytes();
  const Feature output = read(bytes).interface.outputs.at(0);
  CHECK(output.tensor == TensorType{DataType::fp32, true, {4, 7}});
}
