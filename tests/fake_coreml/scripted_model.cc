// The model that the runner of the tests runs: doubles an array, with a state that counts calls.
// FAKE_COREML_FAULT says which step goes wrong: compile, load, predict (with an exception each).
#include <cstdlib>
#include <string>

#include "tests/fake_coreml/fake_coreml.h"

namespace {

using fake_coreml::Feature;
using fake_coreml::Kind;
using fake_coreml::Operation;
using fake_coreml::Value;
using fake_coreml::Values;

Feature feature(const std::string& name, Kind kind, std::vector<long> shape) {
  Feature made;
  made.name = name;
  made.kind = kind;
  made.shape = std::move(shape);
  return made;
}

bool write_script() {
  fake_coreml::Script& script = fake_coreml::script();
  script.inputs = {feature("x", Kind::array, {2, 3})};
  script.states = {feature("calls", Kind::state, {1})};
  script.outputs = {feature("y", Kind::array, {2, 3}), feature("count", Kind::number, {})};
  script.compute = [](Values& values) {
    Value doubled;
    for (const double number : values["x"].numbers) doubled.numbers.push_back(2 * number);
    values["y"] = doubled;
    values["calls"].numbers[0] += 1;
    values["count"] = values["calls"];
  };
  script.structure.program["main"] = {Operation{"y", "ios17.mul", 'a', "cga", 1.0, {}}};
  const char* const fault = std::getenv("FAKE_COREML_FAULT");
  const std::string step = fault == nullptr ? "" : fault;
  if (step == "compile") script.compile.exception = "NSGenericException";
  if (step == "load") script.load.exception = "NSGenericException";
  if (step == "predict") script.predict.exception = "NSGenericException";
  return true;
}

const bool written = write_script();

}  // namespace
