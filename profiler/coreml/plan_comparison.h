// A plan beside a predicted placement, operation by operation.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "models/analysis/analysis.h"
#include "models/placement/placement.h"
#include "profiler/coreml/compute_plan.h"

namespace anemon::profiler {

struct PlanDifference {
  std::string name;
  std::string type;
  models::Engine planned = models::Engine::cpu;
  models::Engine predicted = models::Engine::cpu;
  std::string reason;          // the prediction's, where it has one
  std::optional<double> cost;  // the plan's
};

struct PlanComparison {
  size_t compared = 0;  // operations that both name and place
  size_t agreeing = 0;
  std::vector<PlanDifference> differences;  // the costliest first, then in the plan's order
};

// Of one function: operations of its body whose names are the same in both. Programs name an
// operation by its first result, old networks by the layer. What either leaves undecided, and what
// the framework has fused away or added, is not compared.
PlanComparison compare_operations(const ComputePlan& plan, const models::FunctionAnalysis& analysis,
                                  const models::Placement& placement);

}  // namespace anemon::profiler
