#include "models/rules/limits.h"

namespace anemon::models {

std::optional<double> ane_compute_seconds(const Placement& placement) {
  std::optional<double> seconds;
  for (const PlacedOperation& placed : placement.operations) {
    const EngineCost& cost = placed.costs[static_cast<size_t>(Engine::ane)];
    if (!cost.supported || cost.confidence == Confidence::none) continue;
    seconds = seconds.value_or(0) + cost.seconds;
  }
  return seconds;
}

uint64_t amortising_batch(double compute_seconds) {
  uint64_t batch = 2;
  while (batch < 64 && static_cast<double>(batch) * compute_seconds < kDispatchBoundSeconds) {
    batch *= 2;
  }
  return batch;
}

}  // namespace anemon::models
