#include "tests/unit/models/analysis/generated_graph.h"

#include <algorithm>
#include <set>

#include "models/analysis/infer.h"
#include "tests/catch.h"

using namespace anemon::models;
using namespace anemon::models::test;

namespace {

constexpr uint64_t kGraphs = 3000;
constexpr size_t kOperations = 6;

const Operation* writer_of(const Function& function, ValueId id) {
  for (const Operation& operation : function.body.operations) {
    const auto& results = operation.results;
    if (std::find(results.begin(), results.end(), id) != results.end()) return &operation;
  }
  return nullptr;
}

std::string describe(const Function& function, ValueId id) {
  const Operation* operation = writer_of(function, id);
  if (operation == nullptr) return "an input";
  std::string text = operation->type;
  for (const Argument& argument : operation->arguments) {
    text += " " + argument.name + "=";
    for (const ValueId value : argument.values) {
      text += to_text(function.values[value].type.tensor) + " ";
      if (!function.values[value].constant) continue;
      if (const auto elements = numbers(*function.values[value].constant, 16)) {
        for (const double element : *elements) text += std::to_string(element) + " ";
      }
    }
  }
  return text;
}

}  // namespace

TEST_CASE("shapes of generated graphs are those of the slow reference") {
  std::set<std::string> seen;
  for (uint64_t seed = 1; seed <= kGraphs; ++seed) {
    GeneratedGraph generated(seed, kOperations);
    const Model model = generated.graph().model();
    const Function& function = model.functions.front();
    const Inference inference = infer(function, model.interface, {});
    CHECK(inference.mismatches.empty());
    for (const auto& [id, shape] : generated.values()) {
      const TensorType& type = inference.types[id].tensor;
      if (type.ranked && type.shape == shape) continue;
      FAIL("graph " << seed << ": " << to_text(type) << " instead of " << to_text(shape) << " of "
                    << describe(function, id));
    }
    for (const Operation& operation : function.body.operations) seen.insert(operation.type);
  }
  for (const std::string& kind : GeneratedGraph::kinds()) {
    INFO(kind);
    CHECK(seen.contains(kind));
  }
}

TEST_CASE("what is known of a graph with open inputs holds at every shape") {
  for (uint64_t seed = 1; seed <= kGraphs; ++seed) {
    GeneratedGraph generated(seed, kOperations);
    Function function = generated.graph().function();
    uint64_t bits = seed * 0x9E3779B97F4A7C15U;
    for (const ValueId id : function.body.inputs) {
      for (int64_t& extent : function.values[id].type.tensor.shape) {
        if ((bits = bits * 6364136223846793005U + 1) >> 63 != 0) extent = kAnyExtent;
      }
    }
    const Inference inference = infer(function, {}, {});
    for (const auto& [id, shape] : generated.values()) {
      const TensorType& type = inference.types[id].tensor;
      if (!type.ranked) continue;
      bool holds = type.shape.size() == shape.size();
      for (size_t i = 0; holds && i < shape.size(); ++i) {
        holds = type.shape[i] == kAnyExtent || type.shape[i] == shape[i];
      }
      if (holds) continue;
      FAIL("graph " << seed << ": " << to_text(type) << " does not hold for " << to_text(shape)
                    << " of " << describe(function, id));
    }
  }
}

TEST_CASE("a wrong dimension in the file is the one mismatch that is found") {
  for (uint64_t seed = 1; seed <= kGraphs / 10; ++seed) {
    GeneratedGraph generated(seed, kOperations);
    Model model = generated.graph().model();
    Function& function = model.functions.front();
    function.values = generated.graph().function().values;
    const Inference right = infer(function, model.interface, {});
    for (size_t i = 0; i < function.values.size(); ++i) function.values[i].type = right.types[i];
    REQUIRE(infer(function, model.interface, {}).mismatches.empty());

    // The last result, which nothing reads.
    const size_t last = function.body.operations.size() - 1;
    TensorType& stored = function.values[function.body.operations[last].results[0]].type.tensor;
    if (stored.shape.empty()) continue;
    const TensorType before = stored;
    ++stored.shape[seed % stored.shape.size()];
    const auto mismatches = infer(function, model.interface, {}).mismatches;
    INFO("graph " << seed << ": " << describe(function, function.body.operations[last].results[0]));
    REQUIRE(mismatches.size() == 1);
    CHECK(mismatches[0].operation == last);
    CHECK(mismatches[0].stored == stored);
    CHECK(mismatches[0].inferred.shape == before.shape);
  }
}
