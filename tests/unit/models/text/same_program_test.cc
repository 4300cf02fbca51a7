// A program reads the same from a package and from the text of a compiled model.
#include "models/read/compiled.h"
#include "models/read/read_model.h"
#include "tests/catch.h"
#include "tests/models/compiled_writer.h"
#include "tests/models/function_text.h"
#include "tests/models/random_program.h"
#include "tests/scratch_directory.h"

using namespace anemon;
using namespace anemon::models;
using namespace anemon::models::test;

namespace {

Model program_of(std::vector<Function> functions) {
  Model model;
  model.kind = "mlProgram";
  model.specification_version = 9;
  model.functions = std::move(functions);
  Feature& input = model.interface.inputs.emplace_back();
  input.name = "x";
  input.kind = FeatureKind::string;
  return model;
}

std::string text_of(const std::vector<Function>& functions) {
  std::string text;
  for (const Function& each : functions) text += function_text(each);
  return text;
}

}  // namespace

TEST_CASE("generated programs read the same from a package and from both dialects of text") {
  for (uint32_t seed = 0; seed < 300; ++seed) {
    const anemon::test::ScratchDirectory scratch;
    const Model model = program_of({random_function(seed)});
    write_package(scratch / "p.mlpackage", model);
    write_compiled(scratch / "a.mlmodelc", model, {.dialect = MilDialect::v1_0});
    write_compiled(scratch / "b.mlmodelc", model, {.dialect = MilDialect::v1_3});
    INFO("seed " << seed);
    const std::string expected = text_of(read_model(scratch / "p.mlpackage").functions);
    const Model old_dialect = read_model(scratch / "a.mlmodelc");
    REQUIRE(text_of(old_dialect.functions) == expected);
    for (const Oddity& oddity : old_dialect.oddities) FAIL(oddity.message);
    REQUIRE(text_of(read_model(scratch / "b.mlmodelc").functions) == expected);
  }
}

TEST_CASE("of several functions the default one is first") {
  const anemon::test::ScratchDirectory scratch;
  Model model = program_of({random_function(1, "decode"), random_function(2, "prefill")});
  for (const Function& each : model.functions) {
    model.interfaces.emplace_back().function = each.name;
    Feature& input = model.interfaces.back().inputs.emplace_back();
    input.name = each.name + "_in";
    input.kind = FeatureKind::string;
  }
  model.interface = model.interfaces.back();
  for (const bool metadata : {true, false}) {
    const auto folder = scratch / (metadata ? "a.mlmodelc" : "b.mlmodelc");
    write_compiled(folder, model, {.metadata = metadata});
    const Model read = read_model(folder);
    REQUIRE(read.functions.size() == 2);
    CHECK(read.functions.front().name == "prefill");
    CHECK(read.interfaces.size() == 2);
    CHECK(read.interface.function == "prefill");
    REQUIRE(read.interface.inputs.size() == 1);
    CHECK(read.interface.inputs.front().name == "prefill_in");
  }
}
