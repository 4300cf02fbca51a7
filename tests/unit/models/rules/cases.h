// For every rule models that trigger it, each beside a near miss that does not.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "models/rules/rules.h"
#include "tests/models/graph_builder.h"

namespace anemon::models::test {

struct Subject {
  Model model;
  std::string chip = "M4";
  // Instead of what would be predicted, for limits on predictions.
  std::function<void(Placement&)> predicted = nullptr;
};

struct Expected {
  Severity severity = Severity::warning;
  std::vector<size_t> operations = {};  // indices; empty: the whole model or function
  std::string text = {};                // a part of Finding::what
  std::optional<double> seconds_saved = {}, bytes_saved = {};
  std::string effect = {};  // a part of it
};

struct Case {
  std::string_view rule;
  std::string_view name;
  std::function<Subject()> hit;
  Expected expected;
  std::function<Subject()> miss;
};

std::vector<Case> data_type_cases();
std::vector<Case> operation_cases();
std::vector<Case> shape_cases();
std::vector<Case> window_cases();
std::vector<Case> weight_cases();
std::vector<Case> performance_cases();
std::vector<Case> reading_cases();

inline TensorType fp16(Shape shape) { return {DataType::fp16, true, std::move(shape)}; }
inline TensorType fp32(Shape shape) { return {DataType::fp32, true, std::move(shape)}; }
inline TensorType int32(Shape shape) { return {DataType::int32, true, std::move(shape)}; }

// relu, which runs everywhere, from `x` to a tensor of the same type.
inline ValueId relu(GraphBuilder& graph, ValueId x) {
  const TensorType type = graph.function().values[x].type.tensor;
  return graph.add("relu", {{"x", {x}}}, {type}).front();
}

inline Subject ending_in(GraphBuilder& graph, ValueId output, std::string chip = "M4") {
  graph.output(output);
  return {graph.model(), std::move(chip)};
}

}  // namespace anemon::models::test
