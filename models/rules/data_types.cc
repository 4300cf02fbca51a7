// Element types the Neural Engine does not compute with, and the range of the one it does.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "models/analysis/weights.h"
#include "models/rules/check.h"
#include "models/rules/families.h"
#include "models/rules/limits.h"

namespace anemon::models {
namespace {

// Bytes that operations hold in fp32, each tensor and each stored weight once.
struct SinglePrecision {
  double weights = 0;
  double activations = 0;
};

SinglePrecision single_precision(const RuleContext& context, const Operations& operations) {
  SinglePrecision bytes;
  std::unordered_set<ValueId> seen;
  std::unordered_set<const Constant*> stored;
  const WeightIndex& index = context.facts->weights;
  for (const size_t each : operations) {
    for (const Weight& weight : index.of(*context.function->operations[each].operation)) {
      for (const Constant* part : weight.parts) {
        if (part->type.dtype != DataType::fp32 || !stored.insert(part).second) continue;
        bytes.weights += static_cast<double>(part->stored_bytes());
      }
    }
    for (const ValueId value : activations_of(context, each)) {
      const TensorType& type = type_of(context, value);
      if (type.dtype != DataType::fp32 || !seen.insert(value).second) continue;
      bytes.activations += static_cast<double>(packed_bytes(type).value_or(0));
    }
  }
  return bytes;
}

// Scaling an image or adding a bias before the cast to fp16, or after the one back, costs little.
bool only_at_edges(const RuleContext& context, const Operations& operations) {
  const Interruption cut = interruption(context, operations);
  if (cut.inside || cut.alone) return false;
  return std::all_of(operations.begin(), operations.end(), [&](size_t each) {
    return context.function->operations[each].cost.macs == 0;
  });
}

void single_precision_arithmetic(const RuleContext& context, std::vector<Finding>& findings) {
  Operations operations = stopped_by(context, "DT-1");
  // What no precision brings to the Neural Engine is told by its own rule.
  for (const char* rule : {"OP-1", "OP-2", "OP-3"}) {
    const Operations never = stopped_by(context, rule);
    std::erase_if(operations, [&](size_t each) {
      return std::binary_search(never.begin(), never.end(), each);
    });
  }
  if (operations.empty()) return;
  const SinglePrecision bytes = single_precision(context, operations);
  const bool edges = only_at_edges(context, operations);
  Finding finding = found(context, edges ? Severity::warning : Severity::error, operations,
                          count_of(context, operations) + " in fp32, not on the Neural Engine" +
                              (edges ? ", at the edges of the model" : ""));
  if (edges) {
    finding.change =
        "Fold the scaling and the bias of the input into the first layer, or feed and return fp16: "
        "converting with FLOAT16 leaves these operations as they are.";
  }
  const double saved = (bytes.weights + bytes.activations) / 2;
  if (saved > 0) {
    finding.bytes_saved = saved;
    finding.effect = "half of ";
    if (bytes.weights > 0) finding.effect += in_bytes(bytes.weights) + " of weights and ";
    finding.effect += in_bytes(bytes.activations) + " of activations";
  }
  findings.push_back(std::move(finding));
}

void wide_integers(const RuleContext& context, std::vector<Finding>& findings) {
  report_off_engine(context, Severity::warning, Severity::error, stopped_by(context, "DT-3"),
                    "on 32-bit integers", findings);
}

// Comparisons and logic are everywhere in small numbers; they count once they are half the graph.
bool mostly_booleans(size_t booleans, size_t all) { return booleans * 2 >= all; }

void other_types(const RuleContext& context, std::vector<Finding>& findings) {
  // Old networks state no types: those of their inputs are converted.
  if (context.function == nullptr || context.function->function->old_network) return;
  Operations operations = stopped_by(context, "DT-4");
  std::erase_if(operations, [&](size_t each) {
    return context.function->operations[each].operation->type == "cast";
  });
  const Operations all = operations_where(context, [](const OperationView&) { return true; });
  const Operations booleans = operations_where(context, [](const OperationView& view) {
    return !view.operation().results.empty() && view.result().dtype == DataType::boolean;
  });
  std::string types = "64-bit or text types";
  if (!booleans.empty() && mostly_booleans(booleans.size(), all.size())) {
    types = operations.empty() ? "booleans, half of the model or more" : types + " or booleans";
    operations.insert(operations.end(), booleans.begin(), booleans.end());
    std::sort(operations.begin(), operations.end());
    operations.erase(std::unique(operations.begin(), operations.end()), operations.end());
  }
  report_off_engine(context, Severity::warning, Severity::warning, std::move(operations),
                    "on " + types, findings);
}

// Reading weights costs time and memory: small ones are looked at, up to a limit for the function.
constexpr uint64_t kElementsOfOne = 262144;
constexpr uint64_t kElementsOfAll = 1048576;

// The most that |x| can be when the operation before it bounds it; else 1, what normalised inputs
// are about.
double bound_of(const RuleContext& context, const Operation* producer) {
  if (producer == nullptr) return 1;
  if (producer->type == "relu6") return 6;
  if (producer->type != "clip") return 1;
  const Function& function = *context.function->function;
  const Constant* low = function.constant(*producer, "alpha");
  const Constant* high = function.constant(*producer, "beta");
  const double lowest = low == nullptr ? 1 : number(*low).value_or(1);
  const double highest = high == nullptr ? 1 : number(*high).value_or(1);
  return std::max(std::abs(lowest), std::abs(highest));
}

// The largest sum of |weights| that one output can reach; rows are the outermost dimension, of a
// matrix that is multiplied from the right the innermost.
double largest_row(const std::vector<double>& weights, size_t rows, bool rows_last) {
  std::vector<double> sums(rows, 0.0);
  const size_t per_row = weights.size() / rows;
  for (size_t i = 0; i < weights.size(); ++i) {
    const double size = std::abs(weights[i]);
    if (std::isfinite(size)) sums[rows_last ? i % rows : i / per_row] += size;
  }
  return *std::max_element(sums.begin(), sums.end());
}

void overflowing_sums(const RuleContext& context, std::vector<Finding>& findings) {
  if (context.function == nullptr) return;
  std::unordered_map<ValueId, const Operation*> producers;
  for (const AnalysedOperation& each : context.function->operations) {
    for (const ValueId result : each.operation->results) producers[result] = each.operation;
  }
  uint64_t left = kElementsOfAll;
  double worst = 0;
  Operations operations = operations_where(context, [&](const OperationView& view) {
    const std::string& type = view.operation().type;
    const bool right = type == "matmul";
    if (type != "conv" && type != "linear" && !right) return false;
    const TensorType* x = view.type("x");
    const bool old = view.function().old_network;
    if (x == nullptr || (!old && x->dtype != DataType::fp16)) return false;
    const Constant* weight = view.constant(right ? "y" : "weight");
    if (weight == nullptr || weight->type.shape.size() < 2) return false;
    const uint64_t count = element_count(weight->type).value_or(0);
    if (count == 0 || count > std::min(left, kElementsOfOne)) return false;
    const auto elements = numbers(*weight, kElementsOfOne);
    if (!elements) return false;
    left -= count;
    const bool rows_last = right && !view.flag("transpose_y").value_or(false);
    const Shape& shape = weight->type.shape;
    const int64_t rows = rows_last ? shape.back() : shape[right ? shape.size() - 2 : 0];
    const auto from = producers.find(view.operation().argument("x")->values.front());
    const double reached = largest_row(*elements, static_cast<size_t>(rows), rows_last) *
                           bound_of(context, from == producers.end() ? nullptr : from->second);
    worst = std::max(worst, reached);
    return reached >= kAccumulatorLimit;
  });
  if (operations.empty()) return;
  std::string what = fmt::format("{} can sum up to {:.6g} for inputs of size 1 (or as bounded)",
                                 count_of(context, operations), worst);
  findings.push_back(found(context, Severity::warning, std::move(operations), std::move(what)));
}

constexpr std::array<Rule, 4> kRules = {{
    {"DT-1", Severity::error, Confidence::documented,
     "coremltools guide, typed execution; ONNX Runtime's Core ML provider", "fp32 arithmetic",
     "The Neural Engine computes in fp16, newer ones also in int8. What an ML program types as "
     "fp32 "
     "never runs there. At the edges of a model and without multiplications of matrices, such as "
     "the "
     "scaling of an image, it is a warning, else an error.",
     "Convert with compute_precision=FLOAT16.",
     "bytes saved = half of the weights and activations in fp32", single_precision_arithmetic},
    {"DT-3", Severity::error, Confidence::measured,
     "751K microarchitecture study (M4, macOS 27), 3.1; Anemll/anemll-profile", "32-bit integers",
     "No operation on 32-bit integers runs on the Neural Engine, conversions from and to fp16 "
     "included. At the edges of a model this is a warning; amid operations that do run there it "
     "costs two switches and is an error.",
     "Move index arithmetic out of the model or keep it in fp16; return scores, not their argmax.",
     "up to 2 switches x 0.125 ms for each interruption", wide_integers},
    {"DT-4", Severity::warning, Confidence::documented,
     "coremltools guide, typed execution; 751K microarchitecture study (M4)",
     "64-bit types, text and booleans",
     "64-bit integers and floats, text, and graphs made mostly of booleans run on the CPU.",
     "Cast at the edges of the model.", "up to 2 switches x 0.125 ms for each interruption",
     other_types},
    {"DT-5", Severity::warning, Confidence::measured,
     "751K microarchitecture study (M4, M6), C2 and C3", "sums that overflow",
     "The accumulators of convolutions and products hold values up to 32768; beyond that the "
     "result "
     "is infinite. The rule adds up the weights of one output, as far as they are constant and of "
     "at "
     "most 262144 elements, for inputs of size 1 (after relu6 and clip: of their limit).",
     "Scale the weights down and the result up, or normalise the input; compare the outputs with "
     "those of the CPU.",
     "", overflowing_sums},
}};

}  // namespace

std::span<const Rule> data_type_rules() { return kRules; }

}  // namespace anemon::models
