#include "models/rules/options.h"

#include <fmt/format.h>

#include <algorithm>

#include "models/rules/check.h"
#include "models/rules/engine_times.h"
#include "models/rules/limits.h"

namespace anemon::models {

bool takes_single_samples(const Model& model, const Function& function) {
  const Interface& interface = described_interface(model, function);
  if (interface.inputs.empty() || !interface.states.empty()) return false;
  return std::all_of(interface.inputs.begin(), interface.inputs.end(), [&](const Feature& input) {
    const Shape& shape = input.tensor.shape;
    if (input.kind == FeatureKind::image) return true;
    if (input.kind != FeatureKind::array || shape.empty()) return false;
    // Arrays of old networks have no batch: [C] or [C,H,W].
    return shape.front() == 1 || (function.old_network && (shape.size() == 1 || shape.size() == 3));
  });
}

void batch_option(const Report& report, size_t function, std::vector<Recommendation>& all) {
  const FunctionAnalysis& analysis = report.analysis->functions[function];
  const Chip& chip = *report.chip;
  if (!takes_single_samples(*report.model, *analysis.function)) return;
  const EngineTimes times = engine_times(analysis, report.placements[function], Included::chosen);
  if (times.operations.empty() || !times.known) return;
  const bool dispatch_bound = times.total < kDispatchBoundSeconds;
  const double share = times.share_of("weights");
  if (!dispatch_bound && share < kBatchingShare) return;

  const uint64_t batch = dispatch_bound ? amortising_batch(times.total) : kUsualBatch;
  const auto samples = static_cast<double>(batch);
  const double dispatch = dispatch_seconds(chip);
  const double calls = dispatch * (1 - 1 / samples);
  double reads = 0;
  Recommendation option;
  for (const EngineTimes::Timed& each : times.operations) {
    if (each.bound != "weights") continue;
    const double least = std::max(each.seconds / samples,
                                  compute_seconds(analysis.operations[each.operation].cost, chip));
    reads += std::max(0.0, each.seconds - least);
    option.operations.push_back(each.operation);
  }
  option.id = "batch";
  option.title = fmt::format("Predict {} samples in one call", batch);
  option.function = analysis.function->name;
  option.change = fmt::format("Convert with a batch of {}, or with enumerated batches.", batch);
  option.seconds_saved = calls + reads;
  option.basis = fmt::format(
      "{} of computing per call against {} of dispatch; {:.0f} % of it reads weights; for each "
      "sample {} x (1 - 1/{}) = {} of dispatch and {} of reading less",
      in_milliseconds(times.total), in_milliseconds(dispatch), share * 100,
      in_milliseconds(dispatch), batch, in_milliseconds(calls), in_milliseconds(reads));
  option.confidence = dispatch_of(chip).confidence;
  all.push_back(std::move(option));
}

void integer_option(const Report& report, size_t function, std::vector<Recommendation>& all) {
  const FunctionAnalysis& analysis = report.analysis->functions[function];
  const Chip& chip = *report.chip;
  if (!chip.int8_arithmetic || !chip.int8_ops_per_second || !chip.fp16_flops_per_second) return;
  if (analysis.function->old_network) return;
  const double gain = std::min(kMostGainOfInt8,
                               chip.int8_ops_per_second->value / chip.fp16_flops_per_second->value);
  const EngineTimes times = engine_times(analysis, report.placements[function], Included::chosen);
  if (!times.known) return;
  double seconds = 0;
  double saved = 0;
  Recommendation option;
  for (const EngineTimes::Timed& each : times.operations) {
    const OperationCost& cost = analysis.operations[each.operation].cost;
    if (each.bound != "compute" || cost.macs == 0 || bits_of(cost.precision) <= 8) continue;
    seconds += each.seconds;
    saved += each.seconds * (1 - 1 / gain);
    option.operations.push_back(each.operation);
  }
  if (times.total <= 0 || seconds / times.total < kComputeBoundShare) return;
  if (saved < kWorthwhile * times.total) return;
  option.id = "w8a8";
  option.title = "Compute in int8 (W8A8)";
  option.function = analysis.function->name;
  option.change =
      "Quantise activations and weights to 8 bits with calibration data "
      "(linear_quantize_activations, then linear_quantize_weights), and compare the results.";
  option.seconds_saved = saved;
  option.basis = fmt::format(
      "{} of {} are bound by arithmetic; int8 is up to {:.2f} times as fast on {}: at most {} less "
      "(whole networks gained 1.0 to 1.5 times)",
      in_milliseconds(seconds), in_milliseconds(times.total), gain, chip.name,
      in_milliseconds(saved));
  option.confidence =
      std::min(chip.int8_ops_per_second->confidence, chip.fp16_flops_per_second->confidence);
  all.push_back(std::move(option));
}

}  // namespace anemon::models
