// What the checks of rules share: looking at operations, and saying what was found.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/analysis/operation_kind.h"
#include "models/analysis/weights.h"
#include "models/placement/support.h"
#include "models/rules/rules.h"

namespace anemon::models {

using Operations = std::vector<size_t>;  // indices into FunctionAnalysis::operations, ascending

// What many rules ask of a function, found out once.
struct FunctionFacts {
  FunctionFacts(const FunctionAnalysis& function, const Chip& chip);

  WeightIndex weights;
  std::vector<std::vector<Refusal>> refusals;  // by operation; constants have none
};

// Networks of a kind that the Neural Engine runs and that are not updatable.
bool may_use_ane(const Model& model);

// Whether the context stands for its whole model: rules about the file speak once, not once per
// function.
bool first_of_model(const RuleContext& context);

OperationView view_of(const RuleContext& context, size_t operation);

// All that compute and for which `hit` holds, nested ones too. None without a function.
Operations operations_where(const RuleContext& context,
                            const std::function<bool(const OperationView&)>& hit);

// All that the Neural Engine refuses by `rule` (models/placement/support.h), but what ends a
// classifier, which belongs on the CPU.
Operations stopped_by(const RuleContext& context, std::string_view rule);

// "conv_1, conv_2, conv_3 and 5 more", by the author's names.
std::string names_of(const RuleContext& context, const Operations& operations);
// "1 operation (a)", "7 operations (a, b, c and 4 more)".
std::string count_of(const RuleContext& context, const Operations& operations);

// Operands and results that hold activations, each value once.
std::vector<ValueId> activations_of(const RuleContext& context, size_t operation);
const TensorType& type_of(const RuleContext& context, ValueId value);

// What operations that cannot run on the Neural Engine do to those around them that can.
struct Interruption {
  // Of engine, into and out of them, as predicted; none where the prediction names no engines.
  uint64_t switches = 0;
  bool inside = false;  // some have operations of the Neural Engine before and after them
  bool alone = true;    // there are no operations of the Neural Engine
};
Interruption interruption(const RuleContext& context, const Operations& operations);

// About the context's function; without a context about the whole model.
Finding found(const RuleContext& context, Severity severity, Operations operations,
              std::string what);
Finding found(Severity severity, Operations operations, std::string what);
// The seconds that leaving out these switches saves, as effect; nothing when there are none.
void credit_switches(Finding& finding, uint64_t switches);

// A finding for operations that leave the Neural Engine: an error where they interrupt it.
// `what` follows "7 operations (a, b, ...) ". Nothing when there are no operations.
void report_off_engine(const RuleContext& context, Severity at_edge, Severity inside,
                       Operations operations, const std::string& what,
                       std::vector<Finding>& findings);

std::string in_milliseconds(double seconds);  // "0.25 ms"
std::string in_bytes(double bytes);           // "1.5 MB", 1 MB = 1e6 bytes

}  // namespace anemon::models
