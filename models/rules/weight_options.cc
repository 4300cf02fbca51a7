// Smaller weights: quantised, palettised or pruned. Those that are small already are left alone.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "models/analysis/stored_weights.h"
#include "models/rules/check.h"
#include "models/rules/engine_times.h"
#include "models/rules/options.h"

namespace anemon::models {
namespace {

constexpr int kVersionOfIos17 = 8;  // of the specification
constexpr double kFloatBits = 15;   // per weight and more: not yet quantised, palettised or pruned

struct Form {
  std::string_view id, title;
  double bits;  // per weight
  std::string_view arithmetic;
  std::string_view change;
  std::string_view old_change;  // for old networks, which other tools write; empty: cannot be
};

constexpr std::array<Form, 3> kForms = {{
    {"int8-weights", "Quantise weights to INT8", 8, "8 bits a weight",
     "Quantise the weights linearly to int8, one scale per output channel "
     "(linear_quantize_weights), and compare the results.",
     "Quantise the weights to 8 bits (quantization_utils.quantize_weights with nbits=8), and "
     "compare the results."},
    {"palettise", "Palettise weights to 4 bits", 4, "4 bits a weight",
     "Palettise the weights to 4 bits (palettize_weights with nbits=4), and compare the results.",
     "Quantise the weights to a table of 4 bits (quantization_utils.quantize_weights with nbits=4 "
     "and kmeans_lut), and compare the results."},
    {"prune", "Prune three quarters of the weights", 5, "a quarter of 16 bits and a mask of 1 bit",
     "Prune 75 % of the weights while training on, then store them sparse.", ""},
}};

double bits_of_weight(const Weight& weight) {
  const double elements = static_cast<double>(element_count(weight.type).value_or(0));
  double bytes = 0;
  for (const Constant* part : weight.parts) bytes += static_cast<double>(part->stored_bytes());
  return elements > 0 ? 8 * bytes / elements : 0;
}

// What could be packed tighter.
struct Loose {
  std::set<size_t> operations;
  OperationCost once;              // each weight once
  std::vector<double> bytes;       // by operation: read by it
  std::vector<double> parameters;  // by operation
};

Loose loose_weights(const FunctionAnalysis& analysis) {
  Loose loose;
  loose.bytes.resize(analysis.operations.size());
  loose.parameters.resize(analysis.operations.size());
  const WeightIndex index(*analysis.function, analysis.types);
  StoredWeights stored;
  for (size_t i = 0; i < analysis.operations.size(); ++i) {
    for (const Weight& weight : index.of(*analysis.operations[i].operation)) {
      OperationCost own;
      StoredWeights().add(weight, own);
      if (bits_of_weight(weight) < kFloatBits || own.weight_bytes_stored <= kResidentBytes)
        continue;
      loose.operations.insert(i);
      loose.bytes[i] += static_cast<double>(own.weight_bytes_stored);
      loose.parameters[i] += static_cast<double>(own.parameters);
      stored.add(weight, loose.once);
    }
  }
  return loose;
}

// Seconds that reading fewer bytes saves in operations bound by their weights; none below what the
// arithmetic takes.
double seconds_saved(const FunctionAnalysis& analysis, const EngineTimes& times, const Loose& loose,
                     double bits, const Chip& chip) {
  double saved = 0;
  for (const EngineTimes::Timed& each : times.operations) {
    if (each.bound != "weights" || !loose.operations.contains(each.operation)) continue;
    const double fewer = loose.bytes[each.operation] - loose.parameters[each.operation] * bits / 8;
    const double least = compute_seconds(analysis.operations[each.operation].cost, chip);
    saved += std::clamp(fewer / chip.ane_bytes_per_second->value, 0.0,
                        std::max(0.0, each.seconds - least));
  }
  return saved;
}

}  // namespace

void weight_options(const Report& report, size_t function, std::vector<Recommendation>& all) {
  const FunctionAnalysis& analysis = report.analysis->functions[function];
  const Chip& chip = *report.chip;
  const Loose loose = loose_weights(analysis);
  if (loose.once.weight_bytes_stored <= kLargeWeights) return;
  const EngineTimes times = engine_times(analysis, report.placements[function], Included::chosen);
  // Old networks are unpacked when they are loaded: smaller files, but as much to read.
  const bool timed = !analysis.function->old_network && chip.ane_bytes_per_second && times.known &&
                     !times.operations.empty() && times.total > 0;
  if (timed && times.share_of("weights") < kWeightBoundShare) return;

  const auto before = static_cast<double>(loose.once.weight_bytes_stored);
  const bool old = analysis.function->old_network;
  for (const Form& form : kForms) {
    if (old && form.old_change.empty()) continue;
    const double after = static_cast<double>(loose.once.parameters) * form.bits / 8;
    const double bytes = before - after;
    Recommendation option;
    option.id = form.id;
    option.title = form.title;
    option.function = analysis.function->name;
    option.operations.assign(loose.operations.begin(), loose.operations.end());
    option.change = old ? form.old_change : form.change;
    if (!old && newest_version(*report.model) < kVersionOfIos17) {
      option.change +=
          " Convert for iOS 17, macOS 14 or newer: older systems unpack weights when they load "
          "them, "
          "and before iOS 16 none can be stored so.";
    }
    option.bytes_saved = bytes;
    option.basis = fmt::format("{} of weights at {:.3g} bits each; with {}: {}", in_bytes(before),
                               8 * before / static_cast<double>(loose.once.parameters),
                               form.arithmetic, in_bytes(after));
    option.confidence = Confidence::documented;
    if (timed) {
      const double seconds = seconds_saved(analysis, times, loose, form.bits, chip);
      if (seconds < kWorthwhile * times.total) continue;
      option.seconds_saved = seconds;
      option.joules_saved = bytes * kDramJoulesPerByte;
      option.basis += fmt::format(
          "; {:.0f} % of {} is reading weights at {:.3g} GB/s: {} less; {} x 50 pJ/B (a constant "
          "of the compiler's model for DRAM) = {:.3g} mJ",
          times.share_of("weights") * 100, in_milliseconds(times.total),
          chip.ane_bytes_per_second->value / 1e9, in_milliseconds(seconds), in_bytes(bytes),
          *option.joules_saved * 1e3);
      option.confidence = std::min(option.confidence, chip.ane_bytes_per_second->confidence);
    }
    all.push_back(std::move(option));
  }
}

}  // namespace anemon::models
