// Costs of operations built by hand, at the types stated for them.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "models/analysis/cost.h"
#include "tests/models/graph_builder.h"

namespace anemon::models::test {

inline std::vector<ValueType> stated_types(const Function& function) {
  std::vector<ValueType> types;
  for (const Value& value : function.values) types.push_back(value.type);
  return types;
}

inline OperationCost cost_of_last(GraphBuilder& graph) {
  const Function& function = graph.function();
  const std::vector<ValueType> types = stated_types(function);
  return OperationCosts(function, types).of(function.body.operations.back());
}

// An operation with one operand `x` and one result, both fp16.
inline OperationCost unary_cost(const std::string& type, const Shape& x, const Shape& result,
                                std::vector<std::pair<std::string, int64_t>> integers = {}) {
  GraphBuilder graph;
  std::vector<Argument> arguments = {{"x", {graph.input("x", DataType::fp16, x)}}};
  for (const auto& [name, value] : integers) arguments.push_back({name, {graph.integer(value)}});
  graph.add(type, std::move(arguments), {{DataType::fp16, true, result}});
  return cost_of_last(graph);
}

}  // namespace anemon::models::test
