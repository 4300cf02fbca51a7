#include "profiler/coreml/plan_comparison.h"

#include <algorithm>
#include <string_view>
#include <unordered_map>

namespace anemon::profiler {
namespace {

std::string_view name_in_plan(const models::Operation& operation,
                              const models::Function& function) {
  if (function.old_network || operation.results.empty()) return operation.name;
  return function.values[operation.results.front()].name;
}

}  // namespace

PlanComparison compare_operations(const ComputePlan& plan, const models::FunctionAnalysis& analysis,
                                  const models::Placement& placement) {
  const models::Function& function = *analysis.function;
  std::unordered_map<std::string_view, const models::PlacedOperation*> predicted;
  for (const models::PlacedOperation& placed : placement.operations) {
    const models::Operation& operation = *analysis.operations[placed.operation].operation;
    const std::string_view name = name_in_plan(operation, function);
    if (placed.engine && !name.empty()) predicted.emplace(name, &placed);
  }
  PlanComparison comparison;
  for (const PlannedOperation& planned : plan.operations) {
    const bool ours = planned.function.empty() || planned.function == function.name;
    const auto found = predicted.find(planned.name);
    if (!ours || planned.depth > 0 || !planned.preferred || found == predicted.end()) continue;
    const models::PlacedOperation& placed = *found->second;
    ++comparison.compared;
    if (*planned.preferred == *placed.engine) {
      ++comparison.agreeing;
    } else {
      comparison.differences.push_back({planned.name, planned.type, *planned.preferred,
                                        *placed.engine, placed.reason, planned.cost});
    }
  }
  std::stable_sort(comparison.differences.begin(), comparison.differences.end(),
                   [](const PlanDifference& a, const PlanDifference& b) {
                     return a.cost.value_or(0) > b.cost.value_or(0);
                   });
  return comparison;
}

}  // namespace anemon::profiler
