// Real compiled models, when they are at hand.
#include <cstdlib>

#include "models/read/read_model.h"
#include "tests/catch.h"

using namespace anemon::models;

namespace {

// The folder of models, or nothing.
std::filesystem::path model_data() {
  const char* given = std::getenv("ANEMON_MODEL_DATA");
  const std::filesystem::path folder =
      given != nullptr ? given : ANEMON_SOURCE_DIR "/../shared/data/models";
  return std::filesystem::exists(folder) ? folder : "";
}

}  // namespace

TEST_CASE("the compiled program of coremltools is read") {
  const auto folder = model_data();
  if (folder.empty()) {
    WARN("skipped: no models at $ANEMON_MODEL_DATA");
    return;
  }
  const Model model = read_model(folder / "coreml" / "add_model.mlmodelc");
  CHECK(model.kind == "mlProgram");
  CHECK(model.specification_version == 7);
  CHECK(model.oddities.empty());
  CHECK(model.metadata.at("com.github.apple.coremltools.version") == "8.1");
  REQUIRE(model.functions.size() == 1);
  CHECK(model.functions[0].opset == "CoreML6");
  REQUIRE(model.functions[0].body.operations.size() == 1);
  CHECK(model.functions[0].body.operations[0].type == "mul");
  CHECK(model.functions[0].body.operations[0].name == "op_3_cast_fp16");
  CHECK(to_text(model.interface.outputs.at(0).tensor) == "fp16[1,10]");
}

TEST_CASE("a compiled network is read") {
  const auto folder = model_data();
  if (folder.empty()) {
    WARN("skipped: no models at $ANEMON_MODEL_DATA");
    return;
  }
  const Model model = read_model(folder / "coreml" / "s4tf_model_retrained.mlmodelc");
  CHECK(model.kind == "neuralNetwork");
  CHECK(model.specification_version == 4);
  CHECK(model.metadata.at("license") == "MIT");
  CHECK(model.interface.inputs.at(0).name == "dense_input");
  CHECK(to_text(model.interface.inputs.at(0).tensor) == "fp64[1]");
  REQUIRE(model.functions.size() == 1);
  CHECK(model.functions[0].body.operations.at(0).type == "espresso.inner_product");
}
