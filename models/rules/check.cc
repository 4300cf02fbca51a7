#include "models/rules/check.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <unordered_set>
#include <utility>

namespace anemon::models {
namespace {

constexpr size_t kNamesShown = 3;
constexpr size_t kFewValues = 16;  // are looked through faster than hashed

}  // namespace

FunctionFacts::FunctionFacts(const FunctionAnalysis& function, const Chip& chip)
    : weights(*function.function, function.types), refusals(function.operations.size()) {
  for (size_t i = 0; i < refusals.size(); ++i) {
    const Operation& operation = *function.operations[i].operation;
    if (is_constant_operation(operation)) continue;
    refusals[i] = ane_refusals({*function.function, operation, function.types}, chip);
  }
}

bool may_use_ane(const Model& model) { return !refused_model(model); }

bool first_of_model(const RuleContext& context) {
  return context.function == nullptr || context.function == &context.analysis.functions.front();
}

OperationView view_of(const RuleContext& context, size_t operation) {
  const FunctionAnalysis& analysis = *context.function;
  return {*analysis.function, *analysis.operations[operation].operation, analysis.types};
}

Operations operations_where(const RuleContext& context,
                            const std::function<bool(const OperationView&)>& hit) {
  Operations operations;
  if (context.function == nullptr) return operations;
  for (size_t i = 0; i < context.function->operations.size(); ++i) {
    if (is_constant_operation(*context.function->operations[i].operation)) continue;
    if (hit(view_of(context, i))) operations.push_back(i);
  }
  return operations;
}

Operations stopped_by(const RuleContext& context, std::string_view rule) {
  Operations operations;
  if (context.function == nullptr) return operations;
  for (size_t i = 0; i < context.facts->refusals.size(); ++i) {
    if (context.function->operations[i].operation->type == "classify") continue;
    const std::vector<Refusal>& refusals = context.facts->refusals[i];
    if (std::any_of(refusals.begin(), refusals.end(),
                    [&](const Refusal& refusal) { return refusal.rule == rule; })) {
      operations.push_back(i);
    }
  }
  return operations;
}

std::string names_of(const RuleContext& context, const Operations& operations) {
  std::string text;
  for (size_t i = 0; i < std::min(operations.size(), kNamesShown); ++i) {
    const Operation& operation = *context.function->operations[operations[i]].operation;
    if (i > 0) text += ", ";
    text += operation.name.empty() ? fmt::format("{} number {}", operation.type, operations[i])
                                   : operation.name;
  }
  if (operations.size() > kNamesShown) {
    text += fmt::format(" and {} more", operations.size() - kNamesShown);
  }
  return text;
}

std::string count_of(const RuleContext& context, const Operations& operations) {
  return fmt::format("{} operation{} ({})", operations.size(), operations.size() == 1 ? "" : "s",
                     names_of(context, operations));
}

std::vector<ValueId> activations_of(const RuleContext& context, size_t operation) {
  const Operation& it = *context.function->operations[operation].operation;
  std::vector<ValueId> values;
  std::unordered_set<ValueId> seen;  // `values`, once they are more than a few
  const auto is_new = [&](ValueId value) {
    if (values.size() < kFewValues) {
      return std::find(values.begin(), values.end(), value) == values.end();
    }
    if (seen.empty()) seen.insert(values.begin(), values.end());
    return seen.insert(value).second;
  };
  const auto add = [&](ValueId value) {
    if (!context.facts->weights.is_constant(value) && is_new(value)) values.push_back(value);
  };
  for (const Argument& argument : it.arguments) {
    for (const ValueId value : argument.values) add(value);
  }
  for (const ValueId value : it.results) add(value);
  return values;
}

const TensorType& type_of(const RuleContext& context, ValueId value) {
  return context.function->types[value].tensor;
}

Interruption interruption(const RuleContext& context, const Operations& operations) {
  Interruption result;
  if (context.placement == nullptr) return result;
  // What this chip takes interrupts nothing, whatever others refuse.
  std::unordered_set<size_t> off(operations.begin(), operations.end());
  for (const PlacedOperation& placed : context.placement->operations) {
    if (placed.costs[static_cast<size_t>(Engine::ane)].supported) off.erase(placed.operation);
  }
  bool before = false;   // an operation that the engine can run came before
  bool running = false;  // within a run of `operations`
  const PlacedOperation* previous = nullptr;
  for (const PlacedOperation& placed : context.placement->operations) {
    const bool among = off.contains(placed.operation);
    if (previous != nullptr && placed.engine && placed.engine != previous->engine &&
        (among || off.contains(previous->operation))) {
      ++result.switches;
    }
    previous = &placed;
    if (among) {
      running = true;
    } else if (placed.costs[static_cast<size_t>(Engine::ane)].supported) {
      result.alone = false;
      result.inside |= running && before;
      before = true;
      running = false;
    }
  }
  return result;
}

Finding found(Severity severity, Operations operations, std::string what) {
  Finding finding;
  finding.severity = severity;
  finding.operations = std::move(operations);
  finding.what = std::move(what);
  return finding;
}

Finding found(const RuleContext& context, Severity severity, Operations operations,
              std::string what) {
  Finding finding = found(severity, std::move(operations), std::move(what));
  finding.function = context.function->function->name;
  return finding;
}

void credit_switches(Finding& finding, uint64_t switches) {
  if (switches == 0) return;
  finding.seconds_saved = static_cast<double>(switches) * kSwitchSeconds;
  finding.effect = fmt::format("up to {} switch{} of engine less: {} x {} = {}", switches,
                               switches == 1 ? "" : "es", switches, in_milliseconds(kSwitchSeconds),
                               in_milliseconds(*finding.seconds_saved));
}

void report_off_engine(const RuleContext& context, Severity at_edge, Severity inside,
                       Operations operations, const std::string& what,
                       std::vector<Finding>& findings) {
  if (operations.empty()) return;
  const Interruption cut = interruption(context, operations);
  std::string text = count_of(context, operations) + " " + what;
  if (cut.inside) text += ", between operations of the Neural Engine";
  Finding finding =
      found(context, cut.inside ? inside : at_edge, std::move(operations), std::move(text));
  credit_switches(finding, cut.switches);
  findings.push_back(std::move(finding));
}

std::string in_milliseconds(double seconds) {
  if (seconds > 0 && seconds < 1e-6) return "less than 0.001 ms";
  const double value = seconds * 1e3;
  return value < 100 ? fmt::format("{:.3g} ms", value) : fmt::format("{:.0f} ms", value);
}

std::string in_bytes(double bytes) {
  constexpr std::array<const char*, 4> kUnits = {"bytes", "kB", "MB", "GB"};
  size_t unit = 0;
  while (bytes >= 1000 && unit + 1 < kUnits.size()) {
    bytes /= 1000;
    ++unit;
  }
  return fmt::format("{:.4g} {}", bytes, kUnits[unit]);
}

}  // namespace anemon::models
