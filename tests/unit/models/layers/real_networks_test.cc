// Real old networks and trees beside what an independent reader found in them. Skipped where the
// data is not at hand.
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include "models/analysis/analysis.h"
#include "models/read/read_model.h"
#include "tests/catch.h"
#include "tests/conformance/model_data.h"

using namespace anemon::models;
using nlohmann::json;

namespace {

// Weights by how they are stored, as the golden files name it. Parameters have no mapping behind
// them and are left out, except where a file gives floats one by one.
struct Weights {
  std::map<std::string, uint64_t> elements;
  uint64_t bytes = 0;
};

Weights weights_of(const Function& function) {
  Weights found;
  for (const Value& value : function.values) {
    if (!value.constant || (value.constant->own != nullptr && !value.constant->quantization)) {
      continue;
    }
    const Constant& constant = *value.constant;
    if (constant.data.empty()) continue;
    std::string name = constant.type.dtype == DataType::fp16 ? "f16" : "f32";
    unsigned bits = constant.type.dtype == DataType::fp16 ? 16 : 32;
    if (constant.quantization) {
      bits = constant.quantization->bits;
      name = "q" + std::to_string(bits);
    }
    found.elements[name] += constant.data.size() * 8 / bits;
    found.bytes += constant.data.size();
  }
  return found;
}

void check_network(const Model& model, const json& golden) {
  REQUIRE(model.functions.size() == 1);
  const Function& function = model.functions.front();
  CHECK(function.old_network);
  CHECK(function.exact_arrays == (golden["arrayMapping"] == 1));
  CHECK(function.body.operations.size() == golden["layers"]);
  std::map<std::string, int> histogram;
  for (const Operation& each : function.body.operations) ++histogram[each.layer];
  CHECK(json(histogram) == golden["histogram"]);
  const Weights weights = weights_of(function);
  CHECK(weights.bytes == golden["weight_bytes"]);
  CHECK(json(weights.elements) == golden["weights"]);
  CHECK_FALSE(function.body.outputs.empty());
}

void check_model(const Model& model, const json& golden) {
  if (golden.contains("nn")) check_network(model, golden["nn"]);
  if (golden.contains("trees")) {
    REQUIRE(model.trees);
    CHECK(model.trees->trees == golden["trees"]["trees"]);
    CHECK(model.trees->nodes == golden["trees"]["nodes"]);
    CHECK(model.trees->max_depth > 0);
    CHECK(model.trees->leaves > model.trees->trees);
  }
  if (!golden.contains("models")) return;
  REQUIRE(model.members.size() == golden["models"].size());
  for (size_t i = 0; i < model.members.size(); ++i) {
    check_model(model.members[i], golden["models"][i]);
  }
}

void check_complete(const ModelAnalysis& analysis) {
  for (const FunctionAnalysis& function : analysis.functions) {
    CHECK(function.total.complete);
    CHECK(function.mismatches.empty());
    for (const AnalysedOperation& each : function.operations) {
      INFO(each.operation->name << " " << each.operation->type);
      for (const ValueId id : each.operation->results) {
        CHECK(is_known(function.types[id].tensor));
      }
    }
  }
}

}  // namespace

TEST_CASE("old networks of others have the layers, weights and trees counted in them") {
  const auto data = anemon::test::model_data();
  if (!data) return;
  for (const char* part : {"coreml", "synthetic"}) {
    const std::filesystem::path golden = *data / ("golden_" + std::string(part) + ".json");
    const json expected = json::parse(std::ifstream(golden));
    for (const auto& [name, values] : expected.items()) {
      const std::filesystem::path path = *data / part / name;
      if (!std::filesystem::exists(path)) continue;
      INFO(name);
      const Model model = read_model(path);
      check_model(model, values);
      if (!values.contains("nn")) continue;
      check_complete(analyse(model));
      const bool bad = name.find("BAD") != std::string::npos;
      CHECK(model.oddities.size() == (bad ? 1 : 0));
    }
  }
}
