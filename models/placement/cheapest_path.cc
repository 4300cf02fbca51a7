// The shortest path over the operations, one state per engine, as the compiler's segmenter takes
// it: 0.125 ms to change engine, 0.125 ms to launch a segment on the Neural Engine (also the
// first), and 0.125 ms where a graph output lies there. Inputs cost nothing.
#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>

#include "models/placement/placement.h"

namespace anemon::models {
namespace {

constexpr size_t kAne = static_cast<size_t>(Engine::ane);
constexpr size_t kCpu = static_cast<size_t>(Engine::cpu);

bool is_usable(const EngineCost& cost) {
  return cost.supported && cost.confidence != Confidence::none;
}

}  // namespace

std::vector<Engine> cheapest_path(const std::vector<std::array<EngineCost, kEngines>>& costs,
                                  const std::vector<bool>& output) {
  constexpr double kNever = std::numeric_limits<double>::infinity();
  std::array<double, kEngines> best = {kNever, kNever, kNever};
  std::vector<std::array<uint8_t, kEngines>> from(costs.size());
  for (size_t i = 0; i < costs.size(); ++i) {
    std::array<double, kEngines> next = {kNever, kNever, kNever};
    const bool usable = std::any_of(costs[i].begin(), costs[i].end(), is_usable);
    for (size_t to = 0; to < kEngines; ++to) {
      // What no engine is known to run goes to the CPU, at no known cost.
      if (usable ? !is_usable(costs[i][to]) : to != kCpu) continue;
      double here = usable ? costs[i][to].seconds : 0;
      if (to == kAne && output[i]) here += kSwitchSeconds;
      const double launch = to == kAne ? kSwitchSeconds : 0;
      if (i == 0) {
        next[to] = here + launch;
        continue;
      }
      // Of equals the one that stays is taken.
      next[to] = best[to] + here;
      from[i][to] = static_cast<uint8_t>(to);
      for (size_t before = 0; before < kEngines; ++before) {
        if (before == to) continue;
        const double there = best[before] + kSwitchSeconds + launch + here;
        if (there >= next[to]) continue;
        next[to] = there;
        from[i][to] = static_cast<uint8_t>(before);
      }
    }
    best = next;
  }
  std::vector<Engine> engines(costs.size());
  auto at = static_cast<size_t>(std::min_element(best.begin(), best.end()) - best.begin());
  for (size_t i = costs.size(); i-- > 0;) {
    engines[i] = static_cast<Engine>(at);
    at = from[i][at];
  }
  return engines;
}

}  // namespace anemon::models
