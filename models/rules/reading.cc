// What reading and checking the file brought up: damage, doubts, what this program does not know.
#include <fmt/format.h>

#include <array>
#include <map>
#include <set>

#include "models/placement/support.h"
#include "models/rules/check.h"
#include "models/rules/families.h"

namespace anemon::models {
namespace {

constexpr size_t kMessagesShown = 3;

// One finding for all oddities of a kind, with the first few messages.
void report(const RuleContext& context, Oddity::Kind kind, Severity severity,
            std::vector<Finding>& findings) {
  if (!first_of_model(context)) return;
  std::string what;
  std::set<std::string> names;
  size_t count = 0;
  for (const Oddity& oddity : context.model.oddities) {
    if (oddity.kind != kind) continue;
    if (count < kMessagesShown) what += (what.empty() ? "" : "; ") + oddity.message;
    if (!oddity.operation.empty()) names.insert(oddity.operation);
    ++count;
  }
  if (count == 0) return;
  if (count > kMessagesShown) what += fmt::format("; and {} more", count - kMessagesShown);
  Operations operations;
  if (context.function != nullptr && !names.empty()) {
    for (size_t i = 0; i < context.function->operations.size(); ++i) {
      if (names.contains(context.function->operations[i].operation->name)) operations.push_back(i);
    }
  }
  findings.push_back(operations.empty()
                         ? found(severity, {}, std::move(what))
                         : found(context, severity, std::move(operations), std::move(what)));
}

template <Oddity::Kind kind, Severity severity>
void oddities(const RuleContext& context, std::vector<Finding>& findings) {
  report(context, kind, severity, findings);
}

void contradicted_shapes(const RuleContext& context, std::vector<Finding>& findings) {
  if (context.function == nullptr || context.function->mismatches.empty()) return;
  const std::vector<ShapeMismatch>& mismatches = context.function->mismatches;
  std::set<size_t> hit;
  for (const ShapeMismatch& mismatch : mismatches) hit.insert(mismatch.operation);
  Operations operations(hit.begin(), hit.end());
  const ShapeMismatch& first = mismatches.front();
  std::string what = fmt::format("{}: the file states {} where {} follows from the operands",
                                 names_of(context, {first.operation}), to_text(first.stored),
                                 to_text(first.inferred));
  if (mismatches.size() > 1) what += fmt::format("; and {} more", mismatches.size() - 1);
  findings.push_back(found(context, Severity::error, std::move(operations), std::move(what)));
}

void unknown_operations(const RuleContext& context, std::vector<Finding>& findings) {
  std::set<std::string> reported;  // as unknown layers
  for (const Oddity& oddity : context.model.oddities) {
    if (oddity.kind == Oddity::Kind::unknown_layer) reported.insert(oddity.operation);
  }
  std::map<std::string, size_t> types;
  Operations operations = operations_where(context, [&](const OperationView& view) {
    const std::string& type = view.operation().type;
    if (find_operation_kind(type) != nullptr || is_custom(view.operation())) return false;
    if (!view.operation().layer.empty() && reported.contains(view.operation().name)) return false;
    ++types[type];
    return true;
  });
  if (operations.empty()) return;
  std::string what;
  for (const auto& [type, count] : types) {
    what += fmt::format("{}{} {}", what.empty() ? "" : ", ", count, type);
  }
  what = "unknown operations: " + what + " (" + names_of(context, operations) + ")";
  findings.push_back(found(context, Severity::warning, std::move(operations), std::move(what)));
}

void unstudied_operations(const RuleContext& context, std::vector<Finding>& findings) {
  Operations operations = stopped_by(context, "OP-6");
  std::erase_if(operations, [&](size_t each) {
    return find_operation_kind(context.function->operations[each].operation->type) == nullptr;
  });
  if (operations.empty()) return;
  std::string what = count_of(context, operations) + " that no study has placed";
  findings.push_back(found(context, Severity::info, std::move(operations), std::move(what)));
}

constexpr std::string_view kFormat = "Core ML's format as coremltools documents it";
constexpr std::string_view kUpdate = "Use a newer anemon.";

constexpr std::array<Rule, 10> kRules = {{
    {"RD-1", Severity::error, Confidence::documented, kFormat, "weights missing",
     "Without its weights the model does not load. Sizes and costs here come from the types of the "
     "tensors.",
     "Fetch the weight file (git lfs pull) and keep it beside the model.", "",
     oddities<Oddity::Kind::weights_missing, Severity::error>},
    {"RD-2", Severity::error, Confidence::documented, kFormat, "weights damaged",
     "A weight that does not fit its file or its type makes the model fail to load or compute "
     "nonsense.",
     "Copy or convert the model again.", "",
     oddities<Oddity::Kind::weights_damaged, Severity::error>},
    {"RD-3", Severity::error, Confidence::documented, kFormat, "number of weights",
     "A layer whose weights are not as many as its parameters say is refused when it loads.",
     "Convert the model again.", "", oddities<Oddity::Kind::weight_count, Severity::error>},
    {"RD-4", Severity::error, Confidence::documented, kFormat, "no manifest",
     "A package without Manifest.json does not load; it was read as if it had the usual layout.",
     "Copy the whole package.", "", oddities<Oddity::Kind::no_manifest, Severity::error>},
    {"RD-5", Severity::warning, Confidence::documented, kFormat, "newer than anemon",
     "What a newer format adds is not known here and may be missing from every number.", kUpdate,
     "", oddities<Oddity::Kind::newer_version, Severity::warning>},
    {"RD-6", Severity::warning, Confidence::documented, kFormat, "unknown layer",
     "A layer that is not known counts for nothing in costs and cannot be placed.", kUpdate, "",
     oddities<Oddity::Kind::unknown_layer, Severity::warning>},
    {"RD-7", Severity::error, Confidence::documented, kFormat, "contradicted shape",
     "The shape that the file states does not follow from the operands: the model does not load, "
     "or was edited.",
     "Convert the model again.", "", contradicted_shapes},
    {"RD-8", Severity::warning, Confidence::documented, kFormat, "unknown operation",
     "An operation that is not known counts for nothing in costs; where it runs is not predicted.",
     "Use a newer anemon, or replace the operation by documented ones.", "", unknown_operations},
    {"RD-9", Severity::warning, Confidence::documented, kFormat, "something odd in the file",
     "The file differs from what the format's documentation leads to expect.",
     "Convert the model again if this was not intended.", "",
     oddities<Oddity::Kind::other, Severity::warning>},
    {"RD-10", Severity::info, Confidence::folklore, "751K microarchitecture study (M4), 3.2",
     "operations that were not studied",
     "Whether these operations run on the Neural Engine is not published; they are placed "
     "elsewhere "
     "here.",
     "Look at what Core ML says on a Mac before relying on the placement.", "",
     unstudied_operations},
}};

}  // namespace

std::span<const Rule> reading_rules() { return kRules; }

}  // namespace anemon::models
