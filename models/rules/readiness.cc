#include "models/rules/readiness.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "models/analysis/cost.h"
#include "models/placement/engine_costs.h"
#include "models/placement/support.h"

namespace anemon::models {
namespace {

constexpr double kPointsPerSwitch = 5;  // beyond the first

using Rules = std::vector<std::string_view>;

// Findings of this function, or of the whole model, that can cost a term its points.
Rules found_rules(const Report& report, const std::string& function,
                  std::initializer_list<std::string_view> suspects) {
  Rules ids;
  for (const Finding& finding : report.findings) {
    const bool here = finding.function.empty() || finding.function == function;
    const bool suspect =
        std::find(suspects.begin(), suspects.end(), finding.rule) != suspects.end();
    const bool known = std::find(ids.begin(), ids.end(), finding.rule) != ids.end();
    if (here && suspect && !known) ids.push_back(finding.rule);
  }
  return ids;
}

ReadinessTerm term(std::string_view name, double of, double share, std::string evidence,
                   Rules rules) {
  const double points = of * std::clamp(share, 0.0, 1.0);
  if (points >= of) rules.clear();
  return {name, points, of, std::move(evidence), std::move(rules)};
}

ReadinessTerm residency(const Model& model, const Placement& placement, Rules rules) {
  if (const std::optional<Refusal> refusal = refused_model(model)) {
    return {"residency", 0, 40, refusal->reason + ": nothing of it runs on the Neural Engine",
            std::move(rules)};
  }
  const bool predicted = placement.ane_share.has_value();
  const double share = predicted ? *placement.ane_share : placement.ane_possible_share;
  const uint64_t beyond = placement.switches > 1 ? placement.switches - 1 : 0;
  ReadinessTerm result =
      term("residency", 40, share,
           fmt::format("{:.2f} of {}, {} switch{} of engine", share,
                       predicted ? "the run time is predicted on the Neural Engine"
                                 : "the FLOPs can run on the Neural Engine",
                       placement.switches, placement.switches == 1 ? "" : "es"),
           std::move(rules));
  result.points = std::max(0.0, result.points - kPointsPerSwitch * static_cast<double>(beyond));
  return result;
}

bool is_half_or_less(DataType type) {
  return type == DataType::fp16 || (bits_of(type) > 0 && bits_of(type) <= 8);
}

ReadinessTerm precision(const FunctionAnalysis& analysis, Rules rules) {
  if (analysis.function->old_network) {
    return term("precision", 20, 1,
                "old networks state no precision; the Neural Engine computes them in fp16", {});
  }
  uint64_t all = 0, half = 0;
  for (const AnalysedOperation& each : analysis.operations) {
    if (!each.operation->blocks.empty()) continue;  // its operations follow
    all += each.cost.macs;
    if (is_half_or_less(each.cost.precision)) half += each.cost.macs;
  }
  if (all == 0) return term("precision", 20, 1, "no multiplications to be precise in", {});
  const double share = static_cast<double>(half) / static_cast<double>(all);
  return term("precision", 20, share, fmt::format("{:.2f} of the MACs in fp16 or int8", share),
              std::move(rules));
}

// Bytes as the Neural Engine holds them: what old networks state as fp32 it computes in fp16.
OperationCost total_on_ane(const FunctionAnalysis& analysis) {
  OperationCost total = analysis.total;
  const Function& function = *analysis.function;
  if (!function.old_network) return total;
  std::vector<ValueType> types = analysis.types;
  for (ValueType& type : types) {
    if (type.tensor.dtype == DataType::fp32) type.tensor.dtype = DataType::fp16;
  }
  const OperationCosts costs(function, types);
  OperationCost halved;
  for (const AnalysedOperation& each : analysis.operations) {
    add(halved, costs.of(*each.operation));
  }
  total.input_bytes = halved.input_bytes;
  total.output_bytes = halved.output_bytes;
  total.padded_bytes = halved.padded_bytes;
  total.weight_bytes_stored =
      static_cast<uint64_t>(traffic_on_ane(function, analysis.total).weights);
  return total;
}

ReadinessTerm layout(const OperationCost& total, Rules rules) {
  if (total.padded_bytes == 0) return term("layout", 15, 1, "no activations of known size", {});
  const double share =
      (static_cast<double>(total.input_bytes) + static_cast<double>(total.output_bytes)) /
      static_cast<double>(total.padded_bytes);
  return term("layout", 15, share,
              fmt::format("{:.2f} of the activations' bytes in rows of 64 are used", share),
              std::move(rules));
}

ReadinessTerm memory(const OperationCost& total, const Chip& chip, Rules rules) {
  const bool known = chip.fp16_flops_per_second && chip.ane_bytes_per_second;
  const Chip& source = known ? chip : default_chip();
  const double ridge = source.fp16_flops_per_second->value / source.ane_bytes_per_second->value;
  const double intensity = total.arithmetic_intensity();
  return term("memory", 15, intensity / ridge,
              fmt::format("{:.3g} FLOPs per byte of weights and activations; {} is bound by "
                          "arithmetic from {:.3g} on{}",
                          intensity, source.name, ridge,
                          known ? "" : fmt::format(" (not known for {})", chip.name)),
              std::move(rules));
}

struct Flexible {
  std::string_view words;
  double share;
};

Flexible flexible(Flexibility flexibility) {
  switch (flexibility) {
    case Flexibility::fixed:
      return {"fixed", 1};
    case Flexibility::enumerated:
      return {"enumerated", 0.7};
    case Flexibility::range:
      return {"in a range", 0.3};
    case Flexibility::unbounded:
      break;
  }
  return {"unbounded", 0};
}

// By the loosest input; shapes that depend on data are as loose as a range without bounds.
ReadinessTerm shapes(const Interface& interface, Rules rules) {
  Flexible loosest = flexible(Flexibility::fixed);
  std::string_view whose;
  for (const Feature& input : interface.inputs) {
    const Flexible each = flexible(input.flexibility);
    if (each.share >= loosest.share) continue;
    loosest = each;
    whose = input.name;
  }
  std::string evidence = whose.empty()
                             ? std::string("all input shapes are fixed")
                             : fmt::format("the shape of input {} is {}", whose, loosest.words);
  if (std::find(rules.begin(), rules.end(), "SH-10") != rules.end()) {
    loosest.share = 0;
    evidence += "; shapes inside depend on data";
  }
  return term("shapes", 10, loosest.share, std::move(evidence), std::move(rules));
}

std::vector<ReadinessTerm> terms_of(const Report& report, size_t index) {
  const FunctionAnalysis& analysis = report.analysis->functions[index];
  const std::string& name = analysis.function->name;
  const auto rules = [&](std::initializer_list<std::string_view> suspects) {
    return found_rules(report, name, suspects);
  };
  const OperationCost total = total_on_ane(analysis);
  return {residency(
              *report.model, report.placements[index],
              rules({"DT-1", "DT-3", "DT-4", "OP-1", "OP-2", "OP-3", "OP-4", "OP-5", "OP-7", "OP-8",
                     "SH-1", "SH-3", "SH-4", "SH-5", "SH-7", "SH-10", "MX-1", "MX-3", "PF-1"})),
          precision(analysis, rules({"DT-1"})), layout(total, rules({"SH-2"})),
          memory(total, *report.chip, rules({"WT-4", "PF-1"})),
          shapes(described_interface(*report.model, *analysis.function), rules({"SH-9", "SH-10"}))};
}

// Not a network: nothing of it can run on the Neural Engine.
std::vector<ReadinessTerm> no_terms(const Report& report) {
  const std::string evidence = "no operations that could run on the Neural Engine";
  const Rules rules = found_rules(report, {}, {"MX-3"});
  constexpr std::array<std::pair<std::string_view, double>, 5> kTerms = {
      {{"residency", 40}, {"precision", 20}, {"layout", 15}, {"memory", 15}, {"shapes", 10}}};
  std::vector<ReadinessTerm> terms;
  for (const auto& [name, of] : kTerms) terms.push_back({name, 0, of, evidence, rules});
  return terms;
}

struct Part {
  std::string name;
  double flops = 0;
  std::vector<ReadinessTerm> terms;
};

// Weighted by FLOPs; evenly where there are none.
std::vector<ReadinessTerm> mix(const std::vector<Part>& parts) {
  std::vector<ReadinessTerm> mixed = parts.front().terms;
  if (parts.size() == 1) return mixed;
  double all = 0;
  for (const Part& part : parts) all += part.flops;
  for (size_t i = 0; i < mixed.size(); ++i) {
    ReadinessTerm& sum = mixed[i];
    sum.points = 0;
    sum.evidence.clear();
    for (const Part& part : parts) {
      const ReadinessTerm& each = part.terms[i];
      const double weight = all > 0 ? part.flops / all : 1.0 / static_cast<double>(parts.size());
      sum.points += weight * each.points;
      sum.evidence +=
          fmt::format("{}{}: {}", sum.evidence.empty() ? "" : "; ", part.name, each.evidence);
      for (const std::string_view rule : each.rules) {
        const bool known = std::find(sum.rules.begin(), sum.rules.end(), rule) != sum.rules.end();
        if (!known) sum.rules.push_back(rule);
      }
    }
  }
  return mixed;
}

Part part_of(const Report& report) {
  std::vector<Part> parts;
  for (size_t i = 0; i < report.analysis->functions.size(); ++i) {
    const FunctionAnalysis& analysis = report.analysis->functions[i];
    parts.push_back({analysis.function->name, static_cast<double>(analysis.total.flops()),
                     terms_of(report, i)});
  }
  for (const Report& member : report.members) parts.push_back(part_of(member));
  Part whole{report.model->name, 0, parts.empty() ? no_terms(report) : mix(parts)};
  for (const Part& part : parts) whole.flops += part.flops;
  return whole;
}

}  // namespace

Readiness readiness(const Report& report) {
  Readiness result;
  result.terms = part_of(report).terms;
  for (const ReadinessTerm& each : result.terms) result.score += each.points;
  return result;
}

}  // namespace anemon::models
