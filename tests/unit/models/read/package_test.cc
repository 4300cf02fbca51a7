#include "models/read/package.h"

#include "core/error.h"
#include "tests/catch.h"
#include "tests/models/graph_builder.h"
#include "tests/models/model_writer.h"
#include "tests/scratch_directory.h"

using namespace anemon::models;
using namespace anemon::models::test;
using anemon::test::ScratchDirectory;

namespace {

GraphBuilder network() {
  GraphBuilder graph;
  const ValueId x = graph.input("x", DataType::fp16, {1, 8});
  const ValueId weight = graph.weight(DataType::fp16, {4, 8});
  graph.output(graph.add("linear", {{"x", {x}}, {"weight", {weight}}}));
  graph.output(graph.add("linear", {{"x", {x}}, {"weight", {weight}}}));
  return graph;
}

std::string failure(const std::filesystem::path& path) {
  try {
    read_model(path);
  } catch (const anemon::Error& error) {
    return error.what();
  }
  return "none";
}

std::string manifest(const std::string& path) {
  return R"({"rootModelIdentifier": "A", "itemInfoEntries": {"A": {"path": ")" + path + R"("}}})";
}

}  // namespace

TEST_CASE("a package is read with its weights") {
  const ScratchDirectory scratch;
  const auto package = scratch / "small.mlpackage";
  write_package(package, network().model());
  for (const auto& path : {package, package / ""}) {
    const Model model = read_model(path);
    CHECK(model.name == "small.mlpackage");
    CHECK(model.container == "mlpackage");
    CHECK(model.kind == "mlProgram");
    CHECK(model.oddities.empty());
    CHECK(model.stored_bytes > 64 + 128);
    const Function& function = model.functions.at(0);
    const Constant* first = function.constant(function.body.operations.at(0), "weight");
    const Constant* second = function.constant(function.body.operations.at(1), "weight");
    REQUIRE(first);
    REQUIRE(second);
    CHECK(first->stored_bytes() == 64);
    CHECK_FALSE(first->missing);
    CHECK(first->blob->offset == second->blob->offset);
    CHECK(first->data.data() == second->data.data());
  }
}

TEST_CASE("the constants of a model that was moved and copied stay readable") {
  const ScratchDirectory scratch;
  Model outer;
  outer.kind = "pipeline";
  outer.specification_version = 8;
  outer.members = {network().model()};
  write_package(scratch / "p.mlpackage", outer);
  const Model member = read_model(scratch / "p.mlpackage").members.at(0);
  const Function& function = member.functions.at(0);
  CHECK(numbers(*function.constant(function.body.operations.at(0), "weight"))->size() == 32);
  CHECK(member.files->size() == 2);
}

TEST_CASE("a package without its weights is described with their types") {
  const ScratchDirectory scratch;
  write_package(scratch / "x.mlpackage", network().model(), {true, false});
  const Model model = read_model(scratch / "x.mlpackage");
  REQUIRE(model.oddities.size() == 1);
  CHECK(model.oddities[0].kind == Oddity::Kind::weights_missing);
  const Function& function = model.functions.at(0);
  const Constant* weight = function.constant(function.body.operations.at(0), "weight");
  CHECK(weight->missing);
  CHECK(weight->type == TensorType{DataType::fp16, true, {4, 8}});
  CHECK(weight->stored_bytes() == 64);
}

TEST_CASE("members of a pipeline have weight files of their own") {
  const ScratchDirectory scratch;
  Model outer;
  outer.kind = "pipeline";
  outer.specification_version = 8;
  for (const char* name : {"0-weight.bin", "1-weight.bin"}) {
    Model member = network().model();
    for (Value& value : member.functions[0].values) {
      if (value.constant) value.constant->blob->file = "@model_path/weights/" + std::string(name);
    }
    outer.members.push_back(member);
  }
  write_package(scratch / "p.mlpackage", outer);
  const Model model = read_model(scratch / "p.mlpackage");
  CHECK(model.oddities.empty());
  CHECK(model.files->size() == 3);
  for (const Model& member : model.members) CHECK(member.files == model.files);
}

TEST_CASE("a package without a manifest is read and odd") {
  const ScratchDirectory scratch;
  write_package(scratch / "x.mlpackage", network().model(), {false, true});
  const Model model = read_model(scratch / "x.mlpackage");
  CHECK(model.kind == "mlProgram");
  REQUIRE(model.oddities.size() == 1);
  CHECK(model.oddities[0].kind == Oddity::Kind::no_manifest);
}

TEST_CASE("a manifest can put the root model anywhere below Data") {
  const ScratchDirectory scratch;
  const auto package = scratch / "x.mlpackage";
  write_mlmodel(package / "Data" / "deep" / "down.mlmodel", network().model());
  write_bytes(package / "Manifest.json", manifest("deep/down.mlmodel"));
  CHECK(read_model(package).kind == "mlProgram");
}

TEST_CASE("a manifest that leads out of the package is refused") {
  const ScratchDirectory scratch;
  const auto package = scratch / "x.mlpackage";
  write_package(package, network().model());
  write_mlmodel(scratch / "outside.mlmodel", network().model());
  std::filesystem::create_symlink(scratch / "outside.mlmodel", package / "Data" / "link.mlmodel");
  const std::string outside = (scratch / "outside.mlmodel").string();
  for (const std::string& path :
       {std::string("../../outside.mlmodel"), outside, std::string("link.mlmodel"),
        std::string("com.apple.CoreML/../../../outside.mlmodel"), std::string()}) {
    write_bytes(package / "Manifest.json", manifest(path));
    INFO(path);
    const std::string why = failure(package);
    CHECK_THAT(why, ANEMON_CONTAINS("cannot read " + package.string() + ": its root model"));
    CHECK(why.find('\n') == std::string::npos);
  }
}

TEST_CASE("a manifest that is none is refused with what is wrong") {
  const std::pair<std::string, const char*> manifests[] = {
      {"", "no JSON object"},
      {"[]", "no JSON object"},
      {"{", "no JSON object"},
      {"{}", "names no root model"},
      {R"({"rootModelIdentifier": 7})", "names no root model"},
      {R"({"rootModelIdentifier": "A"})", "has no path for its root model A"},
      {R"({"rootModelIdentifier": "A", "itemInfoEntries": []})", "has no path"},
      {R"({"rootModelIdentifier": "A", "itemInfoEntries": {"A": 7}})", "has no path"},
      {R"({"rootModelIdentifier": "A", "itemInfoEntries": {"A": {"path": {}}}})", "has no path"},
      {std::string(100'000, '['), "nested too deep"},
      {std::string(2 << 20, ' '), "longer than 1 MiB"},
      {manifest("com.apple.CoreML/other.mlmodel"), "is not there"}};
  const ScratchDirectory scratch;
  const auto package = scratch / "x.mlpackage";
  write_package(package, network().model());
  for (const auto& [content, why] : manifests) {
    write_bytes(package / "Manifest.json", content);
    CHECK_THAT(failure(package), ANEMON_CONTAINS(why));
  }
}

TEST_CASE("what is no model is told by what it is") {
  const ScratchDirectory scratch;
  const auto refused = [&](const std::string& content, const char* why) {
    const auto path = scratch.write("file", content);
    const std::string message = failure(path);
    CHECK_THAT(message, ANEMON_CONTAINS("cannot read " + path.string() + ": "));
    CHECK_THAT(message, ANEMON_CONTAINS(why));
    CHECK(message.find('\n') == std::string::npos);
  };
  refused("", "it is empty");
  refused("version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 2\n", "Git LFS pointer");
  refused("PK\x03\x04 ...", "a zip archive");
  refused("\x89HDF\r\n", "an HDF5 file");
  refused("<html>", "XML or HTML");
  refused(std::string("\x1c\x00\x00\x00TFL3", 8), "a TensorFlow Lite model");
  const ProtoWriter onnx = ProtoWriter()
                               .integer(1, 8)
                               .bytes(2, "pytorch")
                               .bytes(3, "2.1")
                               .message(7, ProtoWriter().bytes(2, "main_graph"))
                               .message(8, ProtoWriter().integer(2, 17));
  refused(onnx.bytes(), "an ONNX model");
  refused(ProtoWriter().integer(1, 5).bytes(), "no kind of Core ML model");
  refused(std::string(4096, '\xff'), "it is no Core ML model: damaged Model at byte 0 of 4096");

  CHECK_THAT(failure(scratch / "nothing"), ANEMON_CONTAINS("No such file or directory"));
  CHECK_THAT(failure(scratch.path()), ANEMON_CONTAINS("neither a package nor a compiled model"));
}

TEST_CASE("a .mlmodel is as large as its file and the weight files it uses") {
  const ScratchDirectory scratch;
  write_mlmodel(scratch / "x.mlmodel", network().model());
  const uint64_t alone = std::filesystem::file_size(scratch / "x.mlmodel");
  const Model without = read_model(scratch / "x.mlmodel");
  CHECK(without.container == "mlmodel");
  CHECK(without.stored_bytes == alone);
  write_package(scratch / "p.mlpackage", network().model());
  std::filesystem::copy(scratch / "p.mlpackage/Data/com.apple.CoreML/weights", scratch / "weights");
  CHECK(read_model(scratch / "x.mlmodel").stored_bytes ==
        alone + std::filesystem::file_size(scratch / "weights/weight.bin"));
}
