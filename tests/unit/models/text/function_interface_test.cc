#include "models/read/function_interface.h"

#include "tests/catch.h"

using namespace anemon::models;

namespace {

Function identity(const std::string& name, Shape shape) {
  Function function;
  function.name = name;
  Value value;
  value.name = "x";
  value.type.tensor = {DataType::fp16, true, std::move(shape)};
  function.values.push_back(std::move(value));
  function.body.inputs = {0};
  function.body.outputs = {0};
  return function;
}

Interface without_shapes(const std::string& function) {
  Interface interface;
  interface.function = function;
  Feature output;
  output.name = "x";
  output.kind = FeatureKind::array;
  output.tensor = {DataType::fp16, false, {}};
  interface.outputs.push_back(std::move(output));
  return interface;
}

const TensorType& output_of(const Interface& interface) { return interface.outputs.at(0).tensor; }

}  // namespace

TEST_CASE("outputs without shapes get those of the function that is described") {
  Model model;
  model.kind = "mlProgram";
  model.functions = {identity("main", {1}), identity("second", {2})};
  model.interface = without_shapes("main");
  model.interfaces = {without_shapes("second"), without_shapes("main"), without_shapes("none")};
  complete_outputs(model);
  CHECK(model.oddities.empty());
  CHECK(to_text(output_of(model.interface)) == "fp16[1]");
  CHECK(to_text(output_of(model.interfaces.at(0))) == "fp16[2]");
  CHECK(to_text(output_of(model.interfaces.at(1))) == "fp16[1]");
  CHECK_FALSE(output_of(model.interfaces.at(2)).ranked);
}

TEST_CASE("a second description of a function is an oddity and does not count") {
  Model model;
  model.kind = "mlProgram";
  model.functions = {identity("main", {1}), identity("main", {2})};
  model.interfaces = {without_shapes("main"), without_shapes("other"), without_shapes("main"),
                      without_shapes("main")};
  model.interfaces.at(2).outputs.clear();
  complete_outputs(model);
  REQUIRE(model.interfaces.size() == 2);
  CHECK(to_text(output_of(model.interfaces[0])) == "fp16[1]");
  CHECK(model.interfaces[1].function == "other");
  REQUIRE(model.oddities.size() == 1);
  CHECK(model.oddities[0].message ==
        "function main is described twice; the first counts (and 1 more)");
}

// Minutes when every description is compared with every function.
TEST_CASE("descriptions of very many functions find theirs") {
  constexpr int kFunctions = 100'000;
  Model model;
  model.kind = "mlProgram";
  for (int i = 0; i < kFunctions; ++i) {
    model.functions.push_back(identity("function_" + std::to_string(i), {i}));
    model.interfaces.push_back(without_shapes("function_" + std::to_string(kFunctions - 1 - i)));
  }
  complete_outputs(model);
  CHECK(output_of(model.interfaces.front()).shape == Shape{kFunctions - 1});
  CHECK(output_of(model.interfaces.back()).shape == Shape{0});
}
