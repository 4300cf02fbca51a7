// Operations that the Neural Engine does not run, or runs badly.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <unordered_set>
#include <utility>

#include "models/rules/check.h"
#include "models/rules/families.h"

namespace anemon::models {
namespace {

// "2 cumsum, 1 tan": what the operations are.
std::string types_of(const RuleContext& context, const Operations& operations) {
  std::map<std::string, size_t> counts;
  for (const size_t each : operations) {
    const Operation& operation = *context.function->operations[each].operation;
    ++counts[operation.layer.empty() ? operation.type : operation.layer];
  }
  std::string text;
  for (const auto& [type, count] : counts) {
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, type);
  }
  return text;
}

void report_refused(const RuleContext& context, Severity at_edge, Severity inside,
                    Operations operations, std::vector<Finding>& findings) {
  const std::string types = types_of(context, operations);
  report_off_engine(context, at_edge, inside, std::move(operations),
                    "not on the Neural Engine: " + types, findings);
}

void off_engine(const RuleContext& context, std::string_view rule, Severity at_edge,
                Severity inside, std::vector<Finding>& findings) {
  report_refused(context, at_edge, inside, stopped_by(context, rule), findings);
}

void recurrent(const RuleContext& context, std::vector<Finding>& findings) {
  off_engine(context, "OP-1", Severity::error, Severity::error, findings);
}

void custom(const RuleContext& context, std::vector<Finding>& findings) {
  off_engine(context, "OP-2", Severity::error, Severity::error, findings);
}

void control_flow(const RuleContext& context, std::vector<Finding>& findings) {
  off_engine(context, "OP-3", Severity::error, Severity::error, findings);
}

void not_implemented(const RuleContext& context, std::vector<Finding>& findings) {
  Operations operations = stopped_by(context, "OP-4");
  // SH-10 says more about it.
  std::erase_if(operations, [&](size_t each) {
    return context.function->operations[each].operation->type == "shape";
  });
  report_refused(context, Severity::warning, Severity::error, std::move(operations), findings);
}

void dynamic_gather(const RuleContext& context, std::vector<Finding>& findings) {
  off_engine(context, "OP-5", Severity::warning, Severity::warning, findings);
}

void parameters(const RuleContext& context, std::vector<Finding>& findings) {
  off_engine(context, "OP-7", Severity::warning, Severity::warning, findings);
}

// Where the result is written to a state the two are one operation.
void lone_update(const RuleContext& context, std::vector<Finding>& findings) {
  Operations operations = operations_where(
      context, [](const OperationView& view) { return view.operation().type == "slice_update"; });
  if (operations.empty()) return;
  std::unordered_set<ValueId> written;
  for (const AnalysedOperation& each : context.function->operations) {
    if (each.operation->type != "write_state") continue;
    for (const Argument& argument : each.operation->arguments) {
      written.insert(argument.values.begin(), argument.values.end());
    }
  }
  std::erase_if(operations, [&](size_t each) {
    const std::vector<ValueId>& results = context.function->operations[each].operation->results;
    return !results.empty() && written.contains(results.front());
  });
  report_off_engine(context, Severity::warning, Severity::warning, std::move(operations),
                    "not on the Neural Engine: slice_update", findings);
}

// Chips before M3 and A17 Pro, on which the layout was found to matter most.
bool pays_for_transposes(const Chip& chip) {
  constexpr std::array<std::string_view, 8> kOld = {"A11", "A12", "A13", "A14",
                                                    "A15", "A16", "M1",  "M2"};
  return std::any_of(kOld.begin(), kOld.end(),
                     [&](std::string_view old) { return chip.name.starts_with(old); });
}

void linear_layout(const RuleContext& context, std::vector<Finding>& findings) {
  if (!pays_for_transposes(context.chip)) return;
  Operations operations = operations_where(context, [&](const OperationView& view) {
    const std::string& type = view.operation().type;
    const Argument* y = view.operation().argument("y");
    const bool product =
        type == "linear" || (type == "matmul" && y != nullptr && !y->values.empty() &&
                             context.facts->weights.is_constant(y->values.front()));
    const TensorType* x = view.type("x");
    return product && x != nullptr && is_known(*x) && x->shape.size() == 3 && x->shape[1] > 1;
  });
  if (operations.empty()) return;
  std::string what = count_of(context, operations) + " on [batch, sequence, channels]";
  findings.push_back(found(context, Severity::warning, std::move(operations), std::move(what)));
}

constexpr std::string_view kStudy = "751K microarchitecture study (M4, macOS 27), 3.1";
constexpr std::string_view kSwitches = "up to 2 switches x 0.125 ms for each interruption";

constexpr std::array<Rule, 8> kRules = {{
    {"OP-1", Severity::error, Confidence::documented,
     "coremltools #1780 (a maintainer); hollance/neural-engine", "recurrent layers",
     "lstm, gru and rnn never run on the Neural Engine.",
     "Unroll them into linear, sigmoid and tanh for a fixed number of steps, or use convolutions "
     "or attention.",
     kSwitches, recurrent},
    {"OP-2", Severity::error, Confidence::documented, "coremltools #1278; hollance/neural-engine",
     "custom layers", "The code of a custom layer runs on the CPU or the GPU.",
     "Express the layer with operations of Core ML, or split the model around it.", kSwitches,
     custom},
    {"OP-3", Severity::error, Confidence::measured, kStudy, "control flow",
     "cond, while_loop and operations on lists do not run on the Neural Engine, and neither does "
     "what they hold.",
     "Convert with a fixed number of steps, so that the loop is unrolled.", kSwitches,
     control_flow},
    {"OP-4", Severity::error, Confidence::measured, kStudy,
     "operations the Neural Engine does not have",
     "The compiler has no such operation: it runs on the CPU or the GPU. At the edges of a model "
     "this is a warning; between operations of the Neural Engine it costs two switches and is an "
     "error.",
     "Express it with others: cumsum by a product with a triangle of ones, band_part by a mask, "
     "one_hot by equal and cast, tan(x) by sin(x) / cos(x), mod by x - floor(x/y) y.",
     kSwitches, not_implemented},
    {"OP-5", Severity::warning, Confidence::measured,
     "751K microarchitecture study (M4); hollance/neural-engine", "gather by computed indices",
     "A gather whose indices are not constant leaves the Neural Engine, with all that prepares its "
     "indices.",
     "Look embeddings up outside the model and feed the vectors; for a small vocabulary multiply "
     "by one-hot vectors.",
     kSwitches, dynamic_gather},
    {"OP-7", Severity::warning, Confidence::measured,
     "751K microarchitecture study (M4), 2.1: the compiler's messages",
     "parameters the Neural Engine refuses",
     "Padding with a constant other than 0, three-dimensional space_to_batch, argmax over other "
     "axes than channels or space, suppression of more than 2048 boxes and inner products over "
     "height and width are refused.",
     "Pad with 0 and add; reshape before an inner product; reduce the boxes.", kSwitches,
     parameters},
    {"OP-8", Severity::warning, Confidence::measured, "Anemll/anemll-profile",
     "slice_update on its own",
     "Some builds of the system run slice_update on the Neural Engine only as part of writing a "
     "state.",
     "Write the whole cache, or choose the position with a mask.", kSwitches, lone_update},
    {"OP-10", Severity::warning, Confidence::documented,
     "Apple, Deploying Transformers on the Apple Neural Engine (2022), principles 1 to 3; "
     "erwinzhang7/coreml-compute-placement for the size of the effect",
     "linear on [batch, sequence, channels]",
     "The Neural Engine computes on [batch, channels, 1, sequence]: linear on rank 3 costs "
     "transposes. From M3 and A17 Pro on the difference is small.",
     "Express linear as a 1x1 convolution on [batch, channels, 1, sequence]; 1.10 to 1.13 times "
     "as fast where the model already ran there, slower on the GPU.",
     "", linear_layout},
}};

}  // namespace

std::span<const Rule> operation_rules() { return kRules; }

}  // namespace anemon::models
