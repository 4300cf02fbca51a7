#include "ctl/model_diff.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "ctl/model_labels.h"
#include "ctl/numbers.h"

namespace anemon {
namespace {

using Texts = std::map<std::string, std::string>;

// Both sides of every key that differs, in the order of the keys.
template <typename Add>
void for_each_change(const Texts& before, const Texts& after, const Add& add) {
  Texts keys = before;
  keys.insert(after.begin(), after.end());
  const auto text_of = [](const Texts& texts, const std::string& key) {
    const auto found = texts.find(key);
    return found == texts.end() ? std::string() : found->second;
  };
  for (const auto& [key, text] : keys) {
    const std::string old_text = text_of(before, key);
    const std::string new_text = text_of(after, key);
    if (old_text != new_text) add(key, old_text, new_text);
  }
}

Texts facts_of(const ModelStudy& study) {
  const models::Model& model = study.model();
  Texts facts;
  facts["kind"] = model.kind;
  facts["container"] = model.container;
  facts["specification"] = std::to_string(newest_version(model));
  facts["at least"] = minimum_os(model);
  facts["updatable"] = model.updatable ? "yes" : "no";
  facts["weights"] = weights_state(study.analysis());
  facts["members"] = std::to_string(model.members.size());
  const auto add = [&](const char* role, const std::vector<models::Feature>& features) {
    for (const models::Feature& feature : features) {
      const std::string flexibility = flexibility_text(feature);
      facts[fmt::format("{} {}", role, feature.name)] =
          type_text(feature) + (flexibility.empty() ? "" : "; " + flexibility);
    }
  };
  add("input", model.interface.inputs);
  add("output", model.interface.outputs);
  add("state", model.interface.states);
  return facts;
}

struct PlacementTotals {
  std::optional<double> low = 0, high = 0, bandwidth_floor = 0;
  double segments = 0, switches = 0;
};

PlacementTotals placement_totals(const ModelStudy& study) {
  PlacementTotals totals;
  const auto add = [](std::optional<double>& sum, std::optional<double> value) {
    sum = sum && value ? std::optional(*sum + *value) : std::nullopt;
  };
  for (const StudiedFunction& function : study.functions(true)) {
    if (function.placement == nullptr) continue;
    const Latency latency = latency_of(*function.analysis, *function.placement);
    add(totals.low, latency.low);
    add(totals.high, latency.high);
    add(totals.bandwidth_floor, function.placement->bandwidth_floor_seconds);
    totals.segments += double(function.placement->segments);
    totals.switches += double(function.placement->switches);
  }
  return totals;
}

std::vector<ChangedNumber> numbers_of(const ModelStudy& before, const ModelStudy& after) {
  const ModelTotals a = totals_of(before.analysis()), b = totals_of(after.analysis());
  const PlacementTotals c = placement_totals(before), d = placement_totals(after);
  std::vector<ChangedNumber> numbers;
  const auto counted = [&](const char* key, const char* what, Unit unit, auto value_of) {
    const auto side = [&](const ModelTotals& totals) {
      return totals.has_network ? std::optional(double(value_of(totals))) : std::nullopt;
    };
    numbers.push_back({key, what, unit, false, side(a), side(b)});
  };
  const auto placed = [&](const char* key, const char* what, Unit unit, auto value_of) {
    const auto side = [&](const ModelTotals& totals, const PlacementTotals& placement) {
      return totals.has_network ? std::optional<double>(value_of(placement)) : std::nullopt;
    };
    numbers.push_back({key, what, unit, true, side(a, c), side(b, d)});
  };
  using Totals = const ModelTotals&;
  counted("macs", "MACs", Unit::count, [](Totals t) { return t.cost.macs; });
  counted("vector_flops", "vector FLOPs", Unit::count,
          [](Totals t) { return t.cost.vector_flops; });
  counted("parameters", "parameters", Unit::count, [](Totals t) { return t.cost.parameters; });
  counted("weight_bytes_stored", "weights stored", Unit::bytes,
          [](Totals t) { return t.cost.weight_bytes_stored; });
  counted("weight_bytes_computed", "weights computed with", Unit::bytes,
          [](Totals t) { return t.cost.weight_bytes_computed; });
  counted("activation_bytes", "activations read and written", Unit::bytes,
          [](Totals t) { return t.cost.input_bytes + t.cost.output_bytes; });
  counted("peak_activation_bytes_min", "peak activations, at least", Unit::bytes,
          [](Totals t) { return t.peak_activation_bytes_min; });
  counted("peak_activation_bytes_max", "peak activations, at most", Unit::bytes,
          [](Totals t) { return t.peak_activation_bytes_max; });
  const auto seconds = [&](const char* key, const char* what,
                           std::optional<double> PlacementTotals::*member) {
    const auto side = [&](Totals totals, const PlacementTotals& placement) {
      return totals.has_network ? placement.*member : std::nullopt;
    };
    numbers.push_back({key, what, Unit::seconds, true, side(a, c), side(b, d)});
  };
  seconds("latency_low_seconds", "latency, at least", &PlacementTotals::low);
  seconds("latency_high_seconds", "latency, at most", &PlacementTotals::high);
  seconds("bandwidth_floor_seconds", "floor by bandwidth", &PlacementTotals::bandwidth_floor);
  placed("segments", "ANE segments", Unit::count,
         [](const PlacementTotals& t) { return t.segments; });
  placed("switches", "switches of engine", Unit::count,
         [](const PlacementTotals& t) { return t.switches; });
  numbers.push_back({"readiness", "readiness", Unit::points, true, before.readiness().score,
                     after.readiness().score});
  std::erase_if(numbers, [](const ChangedNumber& n) { return !n.before && !n.after; });
  return numbers;
}

std::map<std::string, uint64_t> histogram_of(const ModelStudy& study) {
  std::map<std::string, uint64_t> histogram;
  for (const StudiedFunction& function : study.functions(false)) {
    for (const auto& [type, count] : function.analysis->histogram) histogram[type] += count;
  }
  return histogram;
}

std::vector<ChangedNumber> changed_histogram(const ModelStudy& before, const ModelStudy& after) {
  const auto a = histogram_of(before), b = histogram_of(after);
  auto keys = a;
  keys.insert(b.begin(), b.end());
  const auto side = [](const auto& histogram, const std::string& type) {
    const auto found = histogram.find(type);
    return found == histogram.end() ? std::nullopt : std::optional(double(found->second));
  };
  std::vector<ChangedNumber> changes;
  for (const auto& [type, count] : keys) {
    if (side(a, type) == side(b, type)) continue;
    changes.push_back({type, type, Unit::count, false, side(a, type), side(b, type)});
  }
  return changes;
}

// Operations are the same when function and name are.
using OperationKey = std::pair<std::string, std::string>;

template <typename Visit>
void for_each_operation(const ModelStudy& study, const Visit& visit) {
  for (const StudiedFunction& function : study.functions(true)) {
    const std::vector<std::string> names = names_to_match(*function.analysis);
    const auto& operations = function.analysis->operations;
    std::map<size_t, const models::PlacedOperation*> placed;
    if (function.placement != nullptr) {
      for (const auto& each : function.placement->operations) placed[each.operation] = &each;
    }
    for (size_t i = 0; i < operations.size(); ++i) {
      if (names[i].empty()) continue;
      const auto found = placed.find(i);
      visit(function, i, OperationKey{function.where, names[i]},
            found == placed.end() ? nullptr : found->second);
    }
  }
}

std::string operation_text(const models::FunctionAnalysis& function, size_t index) {
  const models::AnalysedOperation& each = function.operations[index];
  std::string text =
      fmt::format("{} {}", each.operation->type, results_text(function, *each.operation));
  if (each.cost.precision != models::DataType::unknown) {
    text += fmt::format(" {}", name_of(each.cost.precision));
  }
  if (each.cost.macs > 0) text += ", " + macs_text(each.cost.macs);
  if (each.cost.weight_bytes_stored > 0) {
    text += ", weights " + bytes_text(double(each.cost.weight_bytes_stored));
  }
  return text;
}

constexpr char kSeparator = '\0';  // no name of a function holds it

Texts operations_of(const ModelStudy& study) {
  Texts texts;
  for_each_operation(study, [&](const StudiedFunction& function, size_t index,
                                const OperationKey& key, const models::PlacedOperation*) {
    texts[key.first + kSeparator + key.second] = operation_text(*function.analysis, index);
  });
  return texts;
}

// Only of operations that are in both, for the others are reported anyway.
Texts engines_of(const ModelStudy& study, const Texts& other) {
  Texts texts;
  for_each_operation(study, [&](const StudiedFunction&, size_t, const OperationKey& key,
                                const models::PlacedOperation* placed) {
    const std::string text = key.first + kSeparator + key.second;
    if (placed == nullptr || !other.contains(text)) return;
    const bool can = placed->costs[static_cast<size_t>(models::Engine::ane)].supported;
    texts[text] = placed->engine ? std::string(name_of(*placed->engine))
                  : can          ? "ANE possible"
                                 : "not on the ANE";
  });
  return texts;
}

std::vector<ChangedOperation> changed_operations(const Texts& before, const Texts& after) {
  std::vector<ChangedOperation> changes;
  for_each_change(before, after,
                  [&](const std::string& key, const std::string& a, const std::string& b) {
                    const size_t at = key.find(kSeparator);
                    changes.push_back({key.substr(0, at), key.substr(at + 1), a, b});
                  });
  return changes;
}

void add_unseen(const models::Model& model, std::set<std::string>& kinds) {
  if (model.functions.empty() && model.members.empty()) kinds.insert(model.kind);
  // Their weights stand in a form of Apple's own.
  const bool compiled = model.container == "mlmodelc" && !model.functions.empty() &&
                        model.functions.front().old_network;
  if (compiled) kinds.insert("compiled " + model.kind);
  for (const models::Model& member : model.members) add_unseen(member, kinds);
}

Texts findings_of(const ModelStudy& study) {
  Texts texts;
  for (const models::Finding& finding : study.report().findings) {
    const std::string where = finding.member +
                              (finding.member.empty() || finding.function.empty() ? "" : "/") +
                              finding.function;
    std::string& text = texts[std::string(finding.rule) + kSeparator + where];
    if (!text.empty()) text += "; ";
    text += fmt::format("{}: {}", name_of(finding.severity), finding.what);
  }
  return texts;
}

}  // namespace

bool ModelDiff::same() const {
  return facts.empty() && histogram.empty() && operations.empty() && placement.empty() &&
         findings.empty() && constants.changes.empty() &&
         std::ranges::all_of(
             numbers, [](const ChangedNumber& number) { return number.before == number.after; });
}

bool ModelDiff::complete() const { return constants.unknown == 0 && unseen.empty(); }

ModelDiff compare_models(const ModelStudy& before, const ModelStudy& after) {
  ModelDiff diff;
  for_each_change(facts_of(before), facts_of(after),
                  [&](const std::string& key, const std::string& a, const std::string& b) {
                    diff.facts.push_back({key, a, b});
                  });
  diff.numbers = numbers_of(before, after);
  diff.histogram = changed_histogram(before, after);
  const Texts old_operations = operations_of(before), new_operations = operations_of(after);
  diff.operations = changed_operations(old_operations, new_operations);
  diff.placement =
      changed_operations(engines_of(before, new_operations), engines_of(after, old_operations));
  for_each_change(findings_of(before), findings_of(after),
                  [&](const std::string& key, const std::string& a, const std::string& b) {
                    const size_t at = key.find(kSeparator);
                    diff.findings.push_back({key.substr(0, at), key.substr(at + 1), a, b});
                  });
  diff.constants = compare_constants(before, after);
  std::set<std::string> unseen;
  add_unseen(before.model(), unseen);
  add_unseen(after.model(), unseen);
  diff.unseen.assign(unseen.begin(), unseen.end());
  return diff;
}

}  // namespace anemon
