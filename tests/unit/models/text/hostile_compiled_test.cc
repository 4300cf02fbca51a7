// Compiled models that are made to cost more than their size.
#include "core/error.h"
#include "models/read/compiled.h"
#include "tests/catch.h"
#include "tests/scratch_directory.h"

using namespace anemon;
using namespace anemon::models;

namespace {

namespace fs = std::filesystem;

constexpr const char* kProgram =
    "program(1.3) { func main<ios18>(tensor<fp16, [1]> x) {} -> (x); }";

std::string error_of(const fs::path& folder, const ReadLimits& limits = {}) {
  try {
    read_compiled(folder, limits);
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

std::string zeros(size_t count) {
  std::string text = "[0";
  for (size_t i = 1; i < count; ++i) text += ",0";
  return text + "]";
}

}  // namespace

TEST_CASE("a member of a pipeline is a folder, not a link to one") {
  const anemon::test::ScratchDirectory scratch;
  const fs::path model = scratch / "p.mlmodelc";
  // Three folders that lead to each other would be 2 + 2*2 + 2*2*2 members.
  for (const char* each : {"p.mlmodelc", "p.mlmodelc/a", "p.mlmodelc/b"}) {
    scratch.write(std::string(each) + "/coremldata.bin", "");
  }
  scratch.write("p.mlmodelc/c/model.mil", kProgram);
  for (const char* each : {"model0", "model1"}) {
    fs::create_directory_symlink("a", model / each);
    fs::create_directory_symlink("../b", model / "a" / each);
    fs::create_directory_symlink("../c", model / "b" / each);
  }
  const std::string refusal = ": a symbolic link, where a member must be a folder";
  CHECK(error_of(model) == (model / "model0").string() + refusal);

  fs::remove(model / "model0");
  scratch.write("p.mlmodelc/model0/model.mil", kProgram);
  CHECK(error_of(model) == (model / "model1").string() + refusal);
  fs::remove(model / "model1");
  CHECK(read_compiled(model).members.size() == 1);
  scratch.write("p.mlmodelc/model1", "a file");
  CHECK(error_of(model) == (model / "model1").string() + ": a member that is no folder");
}

TEST_CASE("a thousand members are read, those of members among them, and no more") {
  const anemon::test::ScratchDirectory scratch;
  const fs::path model = scratch / "p.mlmodelc";
  scratch.write("p.mlmodelc/coremldata.bin", "");
  const auto add = [&](const std::string& folder) {
    scratch.write("p.mlmodelc/" + folder + "/model.mil", kProgram);
  };
  for (int i = 0; i < 499; ++i) {
    add("model0/model" + std::to_string(i));
    add("model" + std::to_string(i + 1));
  }
  add("model500");
  CHECK(read_compiled(model).members.size() == 501);
  add("model501");
  CHECK(error_of(model) ==
        (model / "model501").string() + ": the model has more than the 1000 members that are read");
}

TEST_CASE("JSON of a million elements is read, and of more is not") {
  const anemon::test::ScratchDirectory scratch;
  const fs::path model = scratch / "m.mlmodelc";
  scratch.write("m.mlmodelc/model.mil", kProgram);
  const std::string head = R"([{"specificationVersion": 9, "x": )";
  constexpr size_t kAround = 4;  // elements
  scratch.write("m.mlmodelc/metadata.json", head + zeros(1'000'000 - kAround) + "}]");
  CHECK(read_compiled(model).specification_version == 9);
  scratch.write("m.mlmodelc/metadata.json", head + zeros(1'000'000 - kAround + 1) + "}]");
  const Model read = read_compiled(model);
  CHECK(is_odd(read, "metadata.json: has more elements than are read"));
  CHECK(read.specification_version == 9);  // of CoreML8

  scratch.write("n.mlmodelc/model.espresso.net", R"({"layers": [)" + zeros(1'000'001) + "]}");
  CHECK_THAT(error_of(scratch / "n.mlmodelc"),
             ANEMON_CONTAINS("model.espresso.net: has more elements than are read"));
}

TEST_CASE("the elements of all JSON files of a model are bounded together") {
  const anemon::test::ScratchDirectory scratch;
  scratch.write("p.mlmodelc/coremldata.bin", "");
  for (const char* each : {"model0", "model1", "model2"}) {
    const std::string member = "p.mlmodelc/" + std::string(each);
    scratch.write(member + "/model.mil", kProgram);
    scratch.write(member + "/metadata.json", "[{\"x\": " + zeros(80'000) + "}]");
  }
  ReadLimits limits;
  limits.values = 25'000;
  CHECK_THAT(error_of(scratch / "p.mlmodelc", limits),
             ANEMON_CONTAINS("more values than are read"));
  limits.values = 35'000;
  CHECK(error_of(scratch / "p.mlmodelc", limits) == "no error");
}
