#include "models/rules/engine_times.h"

#include "models/placement/engine_costs.h"
#include "models/rules/limits.h"

namespace anemon::models {

double EngineTimes::share_of(std::string_view bound) const {
  double seconds = 0;
  for (const Timed& each : operations) seconds += each.bound == bound ? each.seconds : 0;
  return total > 0 ? seconds / total : 0;
}

EngineTimes engine_times(const FunctionAnalysis& analysis, const Placement& placement,
                         Included included) {
  EngineTimes times;
  for (const PlacedOperation& placed : placement.operations) {
    const EngineCost& cost = placed.costs[static_cast<size_t>(Engine::ane)];
    if (!cost.supported) continue;
    const bool elsewhere = placed.engine && *placed.engine != Engine::ane;
    if (included == Included::chosen && elsewhere) continue;
    // Of unknown shapes the cost is only what could be counted.
    if (cost.confidence == Confidence::none || !analysis.operations[placed.operation].cost.complete)
      times.known = false;
    if (cost.confidence == Confidence::none) continue;
    EngineTimes::Timed timed{placed.operation, cost.seconds, cost.bound};
    // The estimates of the placement study leave out that no weight is read faster than this.
    if (placement.chip->ane_bytes_per_second) {
      const OperationCost& work = analysis.operations[placed.operation].cost;
      const double reading = traffic_on_ane(*analysis.function, work).weights /
                             placement.chip->ane_bytes_per_second->value;
      if (reading > timed.seconds) timed = {placed.operation, reading, "weights"};
    }
    times.operations.push_back(timed);
    times.total += timed.seconds;
  }
  return times;
}

double compute_seconds(const OperationCost& cost, const Chip& chip) {
  if (!chip.fp16_flops_per_second) return 0;
  return 2.0 * static_cast<double>(cost.macs) / chip.fp16_flops_per_second->value;
}

Fact dispatch_of(const Chip& chip) {
  return chip.dispatch_seconds.value_or(
      Fact{kSwitchSeconds, kPlacementStudy, Confidence::folklore});
}

double dispatch_seconds(const Chip& chip) { return dispatch_of(chip).value; }

uint64_t amortising_batch(double compute_seconds) {
  uint64_t batch = 2;
  while (batch < 64 && static_cast<double>(batch) * compute_seconds < kDispatchBoundSeconds) {
    batch *= 2;
  }
  return batch;
}

}  // namespace anemon::models
