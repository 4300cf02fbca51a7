// What Core ML intends before it runs anything: MLComputePlan (macOS 14.4) as plain data.
//
// A plan is no measurement. It is `estimated`: the framework keeps to it only where its compilers
// accept what it chose (profiler/coreml/reconciliation.h).
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/placement/placement.h"

namespace anemon::profiler {

struct PlannedOperation {
  std::string name;  // programs: of its first result; old networks: the layer's
  std::string type;  // "conv", without the operation set's version; old networks: the layer's kind
  // Of a program; in a pipeline "member" or "member/function". Empty in an old network.
  std::string function;
  int depth = 0;  // 0 in the function's body; each block that it is nested in adds one
  std::optional<models::Engine> preferred;  // unset: the framework does not say
  std::vector<models::Engine> supported;
  std::optional<double> cost;  // share of the model's estimated run time, 0..1; programs only
};

struct ComputePlan {
  std::string kind;  // "program", "neural network", "pipeline"
  // In the framework's order, an operation before the blocks that it holds; constants left out.
  std::vector<PlannedOperation> operations;
};

struct PlanSummary {
  std::array<size_t, models::kEngines> preferred{};  // operations, by Engine
  size_t undecided = 0;                              // without a preferred engine
  // Share of the estimated cost that is planned for each engine, of the operations that have both;
  // unset where none has a cost.
  std::optional<std::array<double, models::kEngines>> cost;

  bool plans(models::Engine engine) const { return preferred[static_cast<size_t>(engine)] > 0; }
};
PlanSummary summarise(const ComputePlan& plan);

// "ios16.conv" and "conv" are both "conv".
std::string_view without_operation_set(std::string_view type);

}  // namespace anemon::profiler
