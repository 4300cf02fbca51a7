#include "profiler/coreml/compute_plan.h"

#include <algorithm>
#include <cctype>

namespace anemon::profiler {

PlanSummary summarise(const ComputePlan& plan) {
  PlanSummary summary;
  std::array<double, models::kEngines> cost{};
  double total = 0;
  for (const PlannedOperation& operation : plan.operations) {
    if (!operation.preferred) {
      ++summary.undecided;
      continue;
    }
    const auto engine = static_cast<size_t>(*operation.preferred);
    ++summary.preferred[engine];
    cost[engine] += operation.cost.value_or(0);
    total += operation.cost.value_or(0);
  }
  if (total > 0) {
    for (double& share : cost) share /= total;
    summary.cost = cost;
  }
  return summary;
}

std::string_view without_operation_set(std::string_view type) {
  const size_t dot = type.find('.');
  if (dot == std::string_view::npos || !type.starts_with("ios")) return type;
  const std::string_view version = type.substr(3, dot - 3);
  const bool is_version =
      !version.empty() && std::all_of(version.begin(), version.end(),
                                      [](unsigned char c) { return std::isdigit(c) != 0; });
  return is_version ? type.substr(dot + 1) : type;
}

}  // namespace anemon::profiler
