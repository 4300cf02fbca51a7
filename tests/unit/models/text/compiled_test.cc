#include "models/read/compiled.h"

#include "core/error.h"
#include "tests/catch.h"
#include "tests/models/compiled_writer.h"
#include "tests/models/graph_builder.h"
#include "tests/scratch_directory.h"

using namespace anemon;
using namespace anemon::models;
using namespace anemon::models::test;

namespace {

Model small_model() {
  GraphBuilder graph;
  const ValueId x = graph.input("x", DataType::fp16, {1, 8});
  const ValueId w = graph.weight(DataType::fp16, {4, 8});
  graph.output(
      graph.add("linear", {{"x", {x}}, {"weight", {w}}}, {{DataType::fp16, true, {1, 4}}}).front());
  return graph.model();
}

std::string error_of(const std::filesystem::path& folder) {
  try {
    read_compiled(folder);
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

bool is_odd(const Model& model, std::string_view words) {
  for (const Oddity& each : model.oddities) {
    if (each.message.find(words) != std::string::npos) return true;
  }
  return false;
}

const Constant& weight_of(const Model& model) {
  const Function& function = model.functions.at(0);
  return *function.constant(function.body.operations.at(0), "weight");
}

void same_feature(const Feature& a, const Feature& b) {
  INFO(a.name);
  CHECK(a.name == b.name);
  CHECK(a.kind == b.kind);
  CHECK(a.optional == b.optional);
  CHECK(a.tensor == b.tensor);
  CHECK(a.color_space == b.color_space);
  CHECK(a.flexibility == b.flexibility);
  CHECK(a.enumerated == b.enumerated);
  REQUIRE(a.ranges.size() == b.ranges.size());
  for (size_t i = 0; i < a.ranges.size(); ++i) {
    CHECK(a.ranges[i].lower == b.ranges[i].lower);
    CHECK(a.ranges[i].upper == b.ranges[i].upper);
  }
}

Feature feature(std::string name, FeatureKind kind, TensorType tensor, Flexibility flexibility) {
  Feature made;
  made.name = std::move(name);
  made.kind = kind;
  made.tensor = std::move(tensor);
  made.flexibility = flexibility;
  return made;
}

// One input of every kind and flexibility.
std::vector<Feature> features() {
  std::vector<Feature> all;
  const auto add = [&](auto... arguments) -> Feature& {
    return all.emplace_back(feature(arguments...));
  };
  add("fixed", FeatureKind::array, TensorType{DataType::int32, true, {1, 3}}, Flexibility::fixed)
      .optional = true;
  add("several", FeatureKind::array, TensorType{DataType::fp32, true, {1, 3}},
      Flexibility::enumerated)
      .enumerated = {{1, 3}, {2, 3}};
  add("range", FeatureKind::array, TensorType{DataType::fp16, true, {1, 3}}, Flexibility::range)
      .ranges = {{1, 1}, {1, 128}};
  add("open", FeatureKind::array, TensorType{DataType::fp64, true, {1, 3}}, Flexibility::unbounded)
      .ranges = {{1, 1}, {2, kAnyExtent}};
  Feature& image = add("image", FeatureKind::image, TensorType{DataType::uint8, true, {3, 48, 64}},
                       Flexibility::enumerated);
  image.color_space = "RGB";
  image.enumerated = {{3, 48, 64}, {3, 96, 128}};
  Feature& grey = add("grey", FeatureKind::image, TensorType{DataType::uint8, true, {1, 48, 64}},
                      Flexibility::range);
  grey.color_space = "GRAYSCALE";
  grey.ranges = {{1, 1}, {48, 96}, {64, 640}};
  add("map", FeatureKind::dictionary, TensorType{DataType::string, true, {}}, Flexibility::fixed);
  add("number", FeatureKind::number, TensorType{DataType::fp64, true, {}}, Flexibility::fixed);
  add("whole", FeatureKind::integer, TensorType{DataType::int64, true, {}}, Flexibility::fixed);
  add("words", FeatureKind::string, TensorType{DataType::string, true, {}}, Flexibility::fixed);
  return all;
}

}  // namespace

TEST_CASE("a compiled program is described as the model it was compiled from") {
  const anemon::test::ScratchDirectory scratch;
  Model model = small_model();
  model.updatable = true;
  model.metadata = {{"com.github.apple.coremltools.version", "9.0"}};
  write_compiled(scratch / "m.mlmodelc", model);
  REQUIRE(is_compiled(scratch / "m.mlmodelc"));
  const Model read = read_compiled(scratch / "m.mlmodelc");
  CHECK(read.kind == "mlProgram");
  CHECK(read.container == "mlmodelc");
  CHECK(read.specification_version == 8);
  CHECK(read.updatable);
  CHECK(read.metadata.at("com.github.apple.coremltools.version") == "9.0");
  CHECK(read.metadata.at("coremlc-version") == "1.2.3");
  CHECK(read.oddities.empty());
  CHECK(read.stored_bytes > 64);
  same_feature(read.interface.inputs.at(0), model.interface.inputs.at(0));
  same_feature(read.interface.outputs.at(0), model.interface.outputs.at(0));
  CHECK_FALSE(weight_of(read).missing);
  CHECK(weight_of(read).data.size() == 64);
}

TEST_CASE("every kind of input reads the same from metadata.json and from coremldata.bin") {
  const anemon::test::ScratchDirectory scratch;
  Model model = small_model();
  model.interface.inputs = features();
  model.interface.states = {
      feature("kv", FeatureKind::state, {DataType::fp16, true, {2, 2}}, Flexibility::fixed)};
  for (const bool metadata : {true, false}) {
    const auto folder = scratch / (metadata ? "a.mlmodelc" : "b.mlmodelc");
    write_compiled(folder, model, {.metadata = metadata, .container = !metadata});
    const Model read = read_compiled(folder);
    CHECK(read.specification_version == 8);
    CHECK(read.kind == "mlProgram");
    CHECK(read.oddities.empty());
    REQUIRE(read.interface.inputs.size() == model.interface.inputs.size());
    for (size_t i = 0; i < model.interface.inputs.size(); ++i) {
      same_feature(read.interface.inputs[i], model.interface.inputs[i]);
    }
    same_feature(read.interface.states.at(0), model.interface.states.at(0));
  }
}

TEST_CASE("without a description the program itself says its inputs and outputs") {
  const anemon::test::ScratchDirectory scratch;
  write_compiled(scratch / "m.mlmodelc", small_model(), {.metadata = false, .container = false});
  const Model read = read_compiled(scratch / "m.mlmodelc");
  CHECK(is_odd(read, "no description is in"));
  CHECK(read.specification_version == 8);  // of CoreML7
  CHECK(to_text(read.interface.inputs.at(0).tensor) == "fp16[1,8]");
  CHECK(to_text(read.interface.outputs.at(0).tensor) == "fp16[1,4]");
  scratch.write(
      "open.mlmodelc/model.mil",
      "program(1.0) { func main<ios15>(tensor<fp32, [1, ?]> x, state<fp16> s) {} -> (x); }");
  const Model open = read_compiled(scratch / "open.mlmodelc");
  CHECK(open.interface.inputs.at(0).flexibility == Flexibility::unbounded);
  CHECK(open.interface.inputs.at(0).ranges.at(0).upper == 1);
  CHECK(open.interface.states.at(0).name == "s");
}

TEST_CASE("every function of a program has an interface of its own, described or not") {
  const anemon::test::ScratchDirectory scratch;
  const auto folder = scratch / "m.mlmodelc";
  scratch.write("m.mlmodelc/model.mil", R"(program(1.3) {
    func second<ios18>(tensor<fp16, [1, 4]> x) {} -> (x);
    func main<ios18>(tensor<fp16, [1, ?, 4]> x, tensor<fp16, [8]> w) {} -> (w);
  })");
  const auto text_of = [](const Interface& interface) {
    std::string text = interface.function + ":";
    for (const Feature& each : interface.inputs) text += " " + to_text(each.tensor);
    return text;
  };
  const Model bare = read_compiled(folder);
  CHECK(text_of(bare.interface) == "main: fp16[1,?,4] fp16[8]");
  REQUIRE(bare.interfaces.size() == 2);
  CHECK(text_of(bare.interfaces[0]) == "main: fp16[1,?,4] fp16[8]");
  CHECK(text_of(bare.interfaces[1]) == "second: fp16[1,4]");

  const std::string x =
      R"("inputSchema": [{"name": "x", "type": "MultiArray", "dataType": "Float16", "shape": "[7]"}])";
  scratch.write("m.mlmodelc/metadata.json", "[{" + x + "}]");
  const Model partly = read_compiled(folder);
  REQUIRE(partly.interfaces.size() == 2);
  CHECK(text_of(partly.interface) == "main: fp16[7]");
  CHECK(text_of(partly.interfaces[0]) == "main: fp16[7]");
  CHECK(text_of(partly.interfaces[1]) == "second: fp16[1,4]");

  scratch.write("m.mlmodelc/metadata.json",
                "[{\"functions\": [{\"name\": \"second\", " + x + "}]}]");
  const Model second = read_compiled(folder);
  REQUIRE(second.interfaces.size() == 2);
  CHECK(text_of(second.interface) == "main: fp16[1,?,4] fp16[8]");
  CHECK(text_of(second.interfaces[0]) == "second: fp16[7]");
  CHECK(text_of(second.interfaces[1]) == "main: fp16[1,?,4] fp16[8]");
}

TEST_CASE("a damaged description is odd, and another one serves") {
  const anemon::test::ScratchDirectory scratch;
  for (const std::string& content :
       {std::string("not json"), std::string("[]"), std::string(100'000, '['), std::string()}) {
    write_compiled(scratch / "m.mlmodelc", small_model());
    scratch.write("m.mlmodelc/metadata.json", content);
    const Model read = read_compiled(scratch / "m.mlmodelc");
    INFO(content.substr(0, 20));
    CHECK(is_odd(read, "metadata.json"));
    CHECK(read.interface.inputs.at(0).name == "x");
  }
  scratch.write("m.mlmodelc/coremldata.bin", "short");
  const Model read = read_compiled(scratch / "m.mlmodelc");
  CHECK(is_odd(read, "coremldata.bin: 24 bytes wanted where 1 are left"));
  CHECK(read.interface.inputs.at(0).name == "x");
}

TEST_CASE("missing weights do not stop the reading") {
  const anemon::test::ScratchDirectory scratch;
  write_compiled(scratch / "m.mlmodelc", small_model(), {.weights = false});
  const Model read = read_compiled(scratch / "m.mlmodelc");
  CHECK(weight_of(read).missing);
  CHECK(weight_of(read).stored_bytes() == 64);
  REQUIRE(read.oddities.size() == 1);
  CHECK(read.oddities[0].kind == Oddity::Kind::weights_missing);
}

TEST_CASE("a program that cannot be parsed is refused with file, line and column") {
  const anemon::test::ScratchDirectory scratch;
  const auto file = scratch.write("m.mlmodelc/model.mil", "program(1.0)\nversion");
  CHECK(error_of(scratch / "m.mlmodelc") == file.string() + ":2:1: expected '{', found 'version'");
  CHECK(error_of(scratch / "none") == (scratch / "none").string() + ": not a compiled model");
}

TEST_CASE("members of a pipeline are read, each with its own weights") {
  const anemon::test::ScratchDirectory scratch;
  Model pipeline;
  pipeline.kind = "pipeline";
  pipeline.specification_version = 5;
  pipeline.members = {small_model(), small_model()};
  pipeline.members[0].name = "first";
  pipeline.members[1].name = "second";
  write_compiled(scratch / "p.mlmodelc", pipeline);
  const Model read = read_compiled(scratch / "p.mlmodelc");
  CHECK(read.kind == "pipeline");
  CHECK(newest_version(read) == 8);
  REQUIRE(read.members.size() == 2);
  CHECK(read.members[0].name == "first");
  CHECK(read.members[1].name == "second");
  CHECK_FALSE(weight_of(read.members[1]).missing);
  CHECK(read.oddities.empty());

  // A pipeline may keep the weights of all beside its members.
  std::filesystem::rename(scratch / "p.mlmodelc/model0/weights", scratch / "p.mlmodelc/weights");
  CHECK_FALSE(weight_of(read_compiled(scratch / "p.mlmodelc").members[0]).missing);
}

TEST_CASE("links that lead out of the folder or turn back are refused") {
  const anemon::test::ScratchDirectory scratch;
  write_compiled(scratch / "secret.mlmodelc", small_model());
  for (const char* name : {"model.mil", "metadata.json"}) {
    write_compiled(scratch / "m.mlmodelc", small_model());
    std::filesystem::remove(scratch / "m.mlmodelc" / name);
    std::filesystem::create_symlink(scratch / "secret.mlmodelc" / name,
                                    scratch / "m.mlmodelc" / name);
    CHECK_THAT(error_of(scratch / "m.mlmodelc"), ANEMON_CONTAINS("leads out of the model"));
    std::filesystem::remove_all(scratch / "m.mlmodelc");
  }
  write_compiled(scratch / "m.mlmodelc", small_model());
  std::filesystem::remove_all(scratch / "m.mlmodelc/weights");
  std::filesystem::create_symlink(scratch / "secret.mlmodelc/weights",
                                  scratch / "m.mlmodelc/weights");
  CHECK(weight_of(read_compiled(scratch / "m.mlmodelc")).missing);

  scratch.write("turn.mlmodelc/coremldata.bin", "");
  std::filesystem::create_symlink(".", scratch / "turn.mlmodelc/model0");
  CHECK_THAT(error_of(scratch / "turn.mlmodelc"), ANEMON_CONTAINS("model0: a symbolic link"));
  std::filesystem::remove(scratch / "turn.mlmodelc/model0");
  std::filesystem::create_symlink(scratch / "secret.mlmodelc", scratch / "turn.mlmodelc/model0");
  CHECK_THAT(error_of(scratch / "turn.mlmodelc"), ANEMON_CONTAINS("model0: a symbolic link"));
}

TEST_CASE("pipelines in pipelines are read to a depth") {
  const anemon::test::ScratchDirectory scratch;
  scratch.write("p.mlmodelc/coremldata.bin", "");
  std::filesystem::path deep = scratch / "p.mlmodelc";
  for (int i = 0; i < 120; ++i) deep /= "model0";
  std::filesystem::create_directories(deep);
  CHECK_THAT(error_of(scratch / "p.mlmodelc"), ANEMON_CONTAINS("nested deeper than is read"));
}

TEST_CASE("of a compiled network the kinds and shapes of its layers are read") {
  const anemon::test::ScratchDirectory scratch;
  scratch.write("n.mlmodelc/model.espresso.net", R"({"format_version": 200, "layers": [
    {"type": "convolution", "name": "c1", "bottom": "image", "top": "a", "K": 3},
    {"type": "activation", "name": "r1", "bottom": "a", "top": "b"},
    {"type": "elementwise", "name": "s1", "bottom": "a,b", "top": "out"}]})");
  scratch.write("n.mlmodelc/model.espresso.shape", R"({"layer_shapes": {
    "image": {"k": 3, "w": 8, "n": 1, "h": 9}, "a": {"k": 16, "w": 4, "n": 1, "h": 5, "seq": 2}}})");
  const Model read = read_compiled(scratch / "n.mlmodelc");
  CHECK(read.kind == "neuralNetwork");
  CHECK(is_odd(read, "not their parameters"));
  const Function& function = read.functions.at(0);
  CHECK(function.old_network);
  REQUIRE(function.body.operations.size() == 3);
  CHECK(function.body.operations[0].type == "espresso.convolution");
  CHECK(function.body.operations[0].layer == "convolution");
  CHECK(function.body.operations[2].arguments.at(0).values.size() == 2);
  CHECK(read.interface.inputs.at(0).name == "image");
  CHECK(read.interface.outputs.at(0).name == "out");
  const auto type_of = [&](ValueId id) {
    return to_text(function.values.at(id).type.tensor.shape);
  };
  CHECK(type_of(function.body.inputs.at(0)) == "1x1x3x9x8");
  CHECK(type_of(function.body.operations[0].results.at(0)) == "2x1x16x5x4");
  CHECK_FALSE(function.values.at(function.body.outputs.at(0)).type.tensor.ranked);
  scratch.write("n.mlmodelc/model.espresso.net", "pbze, packed");
  CHECK_THAT(error_of(scratch / "n.mlmodelc"), ANEMON_CONTAINS("model.espresso.net"));
}

TEST_CASE("of other compiled kinds the description is read, and that it is all is said") {
  const anemon::test::ScratchDirectory scratch;
  scratch.write("t.mlmodelc/coremldata.bin", "");
  scratch.write("t.mlmodelc/metadata.json",
                R"([{"modelType": {"name": "MLModelType_treeEnsembleRegressor"},
    "specificationVersion": 1, "inputSchema": [{"name": "age", "type": "Double"}]}])");
  const Model read = read_compiled(scratch / "t.mlmodelc");
  CHECK(read.kind == "treeEnsembleRegressor");
  CHECK(read.interface.inputs.at(0).name == "age");
  CHECK(is_odd(read, "of a compiled treeEnsembleRegressor only the description is read"));
}
