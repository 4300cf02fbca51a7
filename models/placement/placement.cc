#include "models/placement/placement.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "models/placement/engine_costs.h"
#include "models/placement/support.h"

namespace anemon::models {

const std::string_view kPlacementStudy =
    "751K/Apple-Neural-Engine-Microarchitecture-Study-M6, notes/coreml_dispatch.md (M4, macOS "
    "27.0.1, CPU and Neural Engine)";

namespace {

constexpr size_t kAne = static_cast<size_t>(Engine::ane);
constexpr size_t kGpu = static_cast<size_t>(Engine::gpu);
constexpr size_t kCpu = static_cast<size_t>(Engine::cpu);

// How far what the CPU takes may be from its estimate, a guess: of its two backends the slower
// takes 1.15 times as long in the estimates alone.
constexpr double kLeastOfCpu = 0.5;
constexpr double kMostOfCpu = 2;

using Values = std::unordered_set<ValueId>;

// What slice_update makes and a state takes: the two are one operation.
Values written_to_states(const FunctionAnalysis& analysis) {
  Values values;
  for (const AnalysedOperation& each : analysis.operations) {
    const std::string& type = each.operation->type;
    if (type != "write_state" && type != "coreml_update_state") continue;
    for (const Argument& argument : each.operation->arguments) {
      values.insert(argument.values.begin(), argument.values.end());
    }
  }
  return values;
}

std::optional<Refusal> refusal_in_context(const OperationView& view, const Chip& chip,
                                          const Refusal* of_model, const Values& written) {
  if (of_model != nullptr) return *of_model;
  for (Refusal& refusal : ane_refusals(view, chip)) {
    const std::vector<ValueId>& results = view.operation().results;
    const bool to_state = !results.empty() && written.contains(results.front());
    if (refusal.rule != "OP-8" || !to_state) return std::move(refusal);
  }
  return std::nullopt;
}

std::string microseconds(double seconds) { return fmt::format("{:.3g} us", seconds * 1e6); }

// Segments and switches, from which engine each operation is on; the GPU counts as any other.
void count_runs(const std::vector<Engine>& engines, Placement& placement) {
  for (size_t i = 0; i < engines.size(); ++i) {
    const bool changed = i > 0 && engines[i] != engines[i - 1];
    if (changed) ++placement.switches;
    if (engines[i] == Engine::ane && (i == 0 || changed)) ++placement.segments;
  }
}

double unchained_seconds(const EngineCost& cost, const Traffic& traffic, const Chip& chip) {
  double seconds = cost.seconds;
  if (chip.ane_bytes_per_second) {
    seconds = std::max(seconds, traffic.weights / chip.ane_bytes_per_second->value);
  }
  if (chip.activation_bytes_per_second) {
    seconds = std::max(seconds, traffic.activations() / chip.activation_bytes_per_second->value);
  }
  return seconds;
}

std::string reason_for(const PlacedOperation& placed, bool any_on_ane) {
  const EngineCost& ane = placed.costs[kAne];
  const EngineCost& cpu = placed.costs[kCpu];
  const std::string both = fmt::format("{} on the Neural Engine, {} on the CPU",
                                       microseconds(ane.seconds), microseconds(cpu.seconds));
  if (placed.engine == Engine::ane) return both;
  if (cpu.seconds <= ane.seconds) return both;
  return both + (any_on_ane ? ": saves less than the switches around it cost"
                            : ": the whole function saves less than a call costs");
}

void name_winners(const std::vector<bool>& outputs, Placement& placement) {
  std::vector<std::array<EngineCost, kEngines>> costs;
  costs.reserve(placement.operations.size());
  for (const PlacedOperation& each : placement.operations) costs.push_back(each.costs);
  const std::vector<Engine> engines = cheapest_path(costs, outputs);
  count_runs(engines, placement);
  double all = 0, on_ane = 0;
  for (size_t i = 0; i < engines.size(); ++i) {
    PlacedOperation& placed = placement.operations[i];
    placed.engine = engines[i];
    const EngineCost& cost = costs[i][static_cast<size_t>(engines[i])];
    all += cost.seconds;
    if (engines[i] == Engine::ane) on_ane += cost.seconds;
    if (!placed.reason.empty()) continue;
    placed.reason = reason_for(placed, placement.segments > 0);
    placed.confidence = cost.confidence;
  }
  placement.ane_share = all > 0 ? on_ane / all : 0;
}

void count_possible(Placement& placement) {
  std::vector<Engine> engines;
  for (PlacedOperation& placed : placement.operations) {
    const bool possible = placed.costs[kAne].supported;
    engines.push_back(possible ? Engine::ane : Engine::cpu);
    if (possible) {
      placed.reason = fmt::format(
          "can run on the Neural Engine; what the CPU and the GPU take is not known "
          "for {}",
          placement.chip->name);
    }
  }
  count_runs(engines, placement);
}

// Weights that operations on the Neural Engine read, each once: no more than the function has.
void add_floors(const FunctionAnalysis& analysis, const std::vector<Traffic>& traffic,
                Placement& placement) {
  if (placement.segments == 0) return;
  double weights = 0;
  for (size_t i = 0; i < traffic.size(); ++i) {
    const PlacedOperation& placed = placement.operations[i];
    const bool there = placed.engine ? placed.engine == Engine::ane : placed.costs[kAne].supported;
    if (there) weights += traffic[i].weights;
  }
  weights = std::min(weights, traffic_on_ane(*analysis.function, analysis.total).weights);
  if (placement.chip->ane_bytes_per_second && weights > 0) {
    placement.bandwidth_floor_seconds = weights / placement.chip->ane_bytes_per_second->value;
  }
  if (placement.chip->dispatch_seconds) {
    placement.dispatch_floor_seconds = placement.chip->dispatch_seconds->value;
  }
}

// At best the engine fuses what it can and multiplies at its peak, and a segment costs one call; at
// worst every operation fetches its operands, switches and outputs cost what they were placed by.
void add_latency(const FunctionAnalysis& analysis, const std::vector<bool>& outputs,
                 const std::vector<Traffic>& traffic, Placement& placement) {
  double flops = 0, unchained = 0, cpu = 0;
  const auto segments = static_cast<double>(placement.segments);
  double calls = segments + static_cast<double>(placement.switches);
  for (size_t i = 0; i < placement.operations.size(); ++i) {
    const PlacedOperation& placed = placement.operations[i];
    const EngineCost& cost = placed.costs[static_cast<size_t>(*placed.engine)];
    if (placed.engine != Engine::ane) {
      cpu += cost.seconds;
      continue;
    }
    flops += 2 * static_cast<double>(analysis.operations[placed.operation].cost.macs);
    unchained += unchained_seconds(cost, traffic[i], *placement.chip);
    if (outputs[i]) calls += 1;
  }
  const Chip& chip = *placement.chip;
  const double peak = chip.fp16_flops_per_second ? flops / chip.fp16_flops_per_second->value : 0;
  const double floor = placement.bandwidth_floor_seconds.value_or(0);
  placement.latency_low_seconds =
      std::max(peak, floor) + kLeastOfCpu * cpu + segments * kSwitchSeconds;
  if (!analysis.total.complete) return;
  placement.latency_high_seconds =
      std::max(unchained, floor) + kMostOfCpu * cpu + calls * kSwitchSeconds;
}

}  // namespace

std::string_view name_of(Engine engine) {
  switch (engine) {
    case Engine::ane:
      return "ANE";
    case Engine::gpu:
      return "GPU";
    case Engine::cpu:
      break;
  }
  return "CPU";
}

Placement place(const FunctionAnalysis& analysis, const Chip& chip, const Refusal* of_model) {
  Placement placement;
  placement.chip = &chip;
  const Function& function = *analysis.function;
  const Values written = written_to_states(analysis);
  const Values results(function.body.outputs.begin(), function.body.outputs.end());
  std::vector<bool> outputs;
  std::vector<Traffic> traffic;
  double flops = 0, possible_flops = 0, possible = 0;
  for (size_t i = 0; i < analysis.operations.size(); ++i) {
    const AnalysedOperation& each = analysis.operations[i];
    const Operation& operation = *each.operation;
    if (each.depth > 0 || operation.type == "const" || is_constant_expression(operation)) continue;
    const OperationView view(function, operation, analysis.types);
    PlacedOperation placed;
    placed.operation = i;
    placed.costs = engine_costs(view, each.cost, chip);
    const std::optional<Refusal> refusal = refusal_in_context(view, chip, of_model, written);
    placed.costs[kAne].supported = !refusal;
    placed.costs[kGpu].supported = !gpu_refusal(view);
    placed.costs[kCpu].supported = true;
    const auto work = static_cast<double>(each.cost.flops());
    flops += work;
    if (refusal) {
      placed.reason =
          fmt::format("{}: not on the Neural Engine ({})", refusal->reason, refusal->rule);
      placed.confidence = refusal->confidence;
    } else {
      possible_flops += work;
      possible += 1;
    }
    outputs.push_back(std::any_of(operation.results.begin(), operation.results.end(),
                                  [&](ValueId value) { return results.contains(value); }));
    traffic.push_back(traffic_on_ane(function, each.cost));
    placement.operations.push_back(std::move(placed));
  }
  if (placement.operations.empty()) return placement;
  placement.ane_possible_share = flops > 0
                                     ? possible_flops / flops
                                     : possible / static_cast<double>(placement.operations.size());
  const bool winners = has_rates(chip);
  if (winners) {
    name_winners(outputs, placement);
  } else {
    count_possible(placement);
  }
  add_floors(analysis, traffic, placement);
  if (winners) add_latency(analysis, outputs, traffic, placement);
  return placement;
}

}  // namespace anemon::models
