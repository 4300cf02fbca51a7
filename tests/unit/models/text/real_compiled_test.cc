// Real compiled models, when they are at hand.
#include "models/read/read_model.h"
#include "tests/catch.h"
#include "tests/conformance/model_data.h"

using namespace anemon::models;

TEST_CASE("the compiled program of coremltools is read") {
  const auto data = anemon::test::model_data();
  if (!data) return;
  const Model model = read_model(*data / "coreml" / "add_model.mlmodelc");
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
  const auto data = anemon::test::model_data();
  if (!data) return;
  const Model model = read_model(*data / "coreml" / "s4tf_model_retrained.mlmodelc");
  CHECK(model.kind == "neuralNetwork");
  CHECK(model.specification_version == 4);
  CHECK(model.metadata.at("license") == "MIT");
  CHECK(model.interface.inputs.at(0).name == "dense_input");
  CHECK(to_text(model.interface.inputs.at(0).tensor) == "fp64[1]");
  REQUIRE(model.functions.size() == 1);
  CHECK(model.functions[0].body.operations.at(0).type == "espresso.inner_product");
}
