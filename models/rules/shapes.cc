// Extents, ranks and layouts of tensors, and shapes that change.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <unordered_set>
#include <utility>

#include "models/placement/support.h"
#include "models/rules/check.h"
#include "models/rules/families.h"
#include "models/rules/limits.h"

namespace anemon::models {
namespace {

void high_rank(const RuleContext& context, std::vector<Finding>& findings) {
  report_off_engine(context, Severity::error, Severity::error, stopped_by(context, "SH-1"),
                    "on tensors of more than 5 dimensions", findings);
}

// As the Neural Engine holds it: old networks state no precision and are computed in fp16.
TensorType on_engine(const RuleContext& context, TensorType type) {
  const bool old = context.function->function->old_network;
  if (old && type.dtype == DataType::fp32) type.dtype = DataType::fp16;
  return type;
}

// Operations whose operands and results are [N,C,H,W] by definition.
constexpr auto kSpatial = std::to_array<std::string_view>(
    {"avg_pool", "batch_norm", "conv", "conv_transpose", "depth_to_space", "instance_norm",
     "l2_pool", "local_response_norm", "max_pool", "pixel_shuffle", "pixel_unshuffle", "resize",
     "resize_bilinear", "resize_nearest_neighbor", "space_to_depth", "upsample_bilinear",
     "upsample_nearest_neighbor"});
// Operations after which a tensor may have any layout; all others keep that of their operands.
constexpr auto kNewLayout = std::to_array<std::string_view>(
    {"einsum", "expand_dims", "flatten2d", "gather", "linear", "matmul", "reshape", "reshape_like",
     "scaled_dot_product_attention", "squeeze", "transpose"});

template <size_t N>
bool is_one_of(const std::array<std::string_view, N>& types, const std::string& type) {
  return std::find(types.begin(), types.end(), type) != types.end();
}

// Values whose layout is not the author's to choose: of spatial operations, and of those joined to
// them by operations that keep the layout. Each pass reaches further; deep networks settle in few,
// as passes go forth and back.
std::unordered_set<ValueId> bound_to_space(const RuleContext& context) {
  std::unordered_set<ValueId> bound;
  const std::vector<AnalysedOperation>& operations = context.function->operations;
  const auto visit = [&](size_t i) {
    const std::string& type = operations[i].operation->type;
    if (is_constant_operation(*operations[i].operation) || is_one_of(kNewLayout, type)) return;
    const std::vector<ValueId> values = activations_of(context, i);
    const bool any = is_one_of(kSpatial, type) ||
                     std::any_of(values.begin(), values.end(),
                                 [&](ValueId value) { return bound.contains(value); });
    if (any) bound.insert(values.begin(), values.end());
  };
  constexpr int kMostPasses = 8;
  for (int pass = 0; pass < kMostPasses; ++pass) {
    const size_t before = bound.size();
    for (size_t i = 0; i < operations.size(); ++i) visit(i);
    for (size_t i = operations.size(); i-- > 0;) visit(i);
    if (bound.size() == before) break;
  }
  return bound;
}

// How old networks hold a vector: [sequence,batch,C,1,1].
bool is_vector_of_old_network(const RuleContext& context, const TensorType& type) {
  const size_t rank = type.shape.size();
  return context.function->function->old_network && rank == 5 && type.shape[3] == 1 &&
         type.shape[4] == 1;
}

void wasted_rows(const RuleContext& context, std::vector<Finding>& findings) {
  if (context.function == nullptr) return;
  const std::unordered_set<ValueId> bound = bound_to_space(context);
  std::unordered_set<ValueId> seen;
  double waste = 0;
  double worst = 0;
  std::string example;
  Operations operations;
  for (const size_t each : operations_where(context, [](const OperationView&) { return true; })) {
    bool hit = false;
    for (const ValueId value : activations_of(context, each)) {
      const TensorType type = on_engine(context, type_of(context, value));
      if (bound.contains(value) || is_vector_of_old_network(context, type)) continue;
      const std::optional<uint64_t> packed = packed_bytes(type);
      const std::optional<uint64_t> padded = padded_bytes(type);
      if (!is_float(type.dtype) || !packed || !padded || *packed == 0) continue;
      const double ratio = static_cast<double>(*padded) / static_cast<double>(*packed);
      if (ratio <= kWastefulPadding || *padded <= kSmallTensorBytes) continue;
      hit = true;
      if (!seen.insert(value).second) continue;
      waste += static_cast<double>(*padded - *packed);
      if (ratio > worst) {
        worst = ratio;
        example = to_text(type);
      }
    }
    if (hit) operations.push_back(each);
  }
  if (operations.empty()) return;
  Finding finding =
      found(context, Severity::warning, operations,
            fmt::format("{} on rows of less than 64 bytes: {} takes {:.3g} times its size",
                        count_of(context, operations), example, worst));
  finding.bytes_saved = waste;
  finding.effect = fmt::format("{} less in {} tensor{}", in_bytes(waste), seen.size(),
                               seen.size() == 1 ? "" : "s");
  findings.push_back(std::move(finding));
}

int64_t largest_extent(const RuleContext& context, size_t operation) {
  int64_t largest = 0;
  for (const ValueId value : activations_of(context, operation)) {
    for (const int64_t extent : type_of(context, value).shape) largest = std::max(largest, extent);
  }
  return largest;
}

// Families: of M1 and M1 Pro only M1.
std::string chips_that_refuse(int64_t extent) {
  std::vector<std::string_view> names;
  for (const Chip& chip : chips()) {
    if (!chip.max_dimension || static_cast<double>(extent) <= chip.max_dimension->value) continue;
    const bool variant = std::any_of(names.begin(), names.end(), [&](std::string_view family) {
      return chip.name.starts_with(std::string(family) + " ");
    });
    if (!variant) names.push_back(chip.name);
  }
  return fmt::format("{}", fmt::join(names, ", "));
}

void large_extent(const RuleContext& context, std::vector<Finding>& findings) {
  Operations beyond_all, beyond_old;
  int64_t most = 0;  // of those that newer chips take
  for (const size_t each : operations_where(context, [](const OperationView&) { return true; })) {
    const int64_t extent = largest_extent(context, each);
    if (extent > kLargestExtent) {
      beyond_all.push_back(each);
    } else if (extent > kLargestOldExtent) {
      beyond_old.push_back(each);
      most = std::max(most, extent);
    }
  }
  report_off_engine(context, Severity::error, Severity::error, std::move(beyond_all),
                    fmt::format("on tensors with a dimension above {}", kLargestExtent), findings);
  report_off_engine(context, Severity::warning, Severity::warning, std::move(beyond_old),
                    fmt::format("on tensors with a dimension of up to {}, refused by {}", most,
                                chips_that_refuse(most)),
                    findings);
}

void flexible_inputs(const RuleContext& context, std::vector<Finding>& findings) {
  if (context.function == nullptr) return;
  std::string inputs;
  const Interface& interface = described_interface(context.model, *context.function->function);
  for (const Feature& input : interface.inputs) {
    if (input.flexibility != Flexibility::range && input.flexibility != Flexibility::unbounded) {
      continue;
    }
    inputs += (inputs.empty() ? "" : ", ") + input.name + " (" +
              std::string(name_of(input.flexibility)) + ")";
  }
  if (inputs.empty()) return;
  findings.push_back(
      found(context, Severity::warning, {}, "inputs that take a range of shapes: " + inputs));
}

void data_dependent(const RuleContext& context, std::vector<Finding>& findings) {
  report_off_engine(context, Severity::error, Severity::error, stopped_by(context, "SH-10"),
                    "whose shapes are known only while the model runs", findings);
}

void huge_activation(const RuleContext& context, std::vector<Finding>& findings) {
  uint64_t most = 0;
  std::string example;
  Operations operations;
  for (const size_t each : operations_where(context, [](const OperationView&) { return true; })) {
    bool hit = false;
    for (const ValueId value : activations_of(context, each)) {
      const TensorType& type = type_of(context, value);
      const uint64_t bytes = packed_bytes(type).value_or(0);
      if (bytes <= kHugeActivationBytes) continue;
      hit = true;
      if (bytes > most) {
        most = bytes;
        example = to_text(type);
      }
    }
    if (hit) operations.push_back(each);
  }
  if (operations.empty()) return;
  std::string what = fmt::format("{} on tensors of up to {}: {}", count_of(context, operations),
                                 in_bytes(static_cast<double>(most)), example);
  findings.push_back(found(context, Severity::warning, std::move(operations), std::move(what)));
}

constexpr std::string_view kSwitches = "up to 2 switches x 0.125 ms for each interruption";

constexpr std::array<Rule, 6> kRules = {{
    {"SH-1", Severity::error, Confidence::documented,
     "Apple, Deploying Transformers on the Apple Neural Engine (2022)", "more than 5 dimensions",
     "The Neural Engine takes tensors of at most 5 dimensions, best [batch, channels, height, "
     "width].",
     "Reshape to 4 dimensions, channels first.", kSwitches, high_rank},
    {"SH-2", Severity::warning, Confidence::documented,
     "Apple, Deploying Transformers on the Apple Neural Engine (2022), principle 1", "short rows",
     "Every row of the last dimension takes a multiple of 64 bytes, 32 elements of fp16: a last "
     "dimension of 1 takes 32 times the memory and the bandwidth.",
     "Transpose so that the longest dimension is the last.",
     "bytes saved = rows x (bytes of a row in multiples of 64 - bytes of a row)", wasted_rows},
    {"SH-3", Severity::error, Confidence::measured,
     "751K microarchitecture study (limits of the driver and a sweep on M4); ONNX Runtime's Core "
     "ML provider for 16384",
     "dimensions too large",
     "A dimension above 65536 is refused by every chip, which is an error; one above 16384 by "
     "those up to M3 and A16, which is a warning.",
     "Split a large dimension, such as the vocabulary of a language model's head, into tiles of at "
     "most 16384.",
     kSwitches, large_extent},
    {"SH-9", Severity::warning, Confidence::documented,
     "coremltools guide, flexible input shapes and questions and answers", "ranges of shapes",
     "A model whose inputs take a range of shapes is compiled for each shape anew and usually "
     "leaves the Neural Engine. Up to 128 enumerated shapes are optimised beforehand.",
     "Enumerate the shapes, or give every shape a function; from macOS 14.4 and iOS 17.4 on the "
     "hint that shapes change rarely helps too.",
     "", flexible_inputs},
    {"SH-10", Severity::error, Confidence::measured, "751K microarchitecture study (M4)",
     "shapes that depend on data",
     "The Neural Engine runs programs of fixed shapes: shape, non_zero, range_1d and reshapes to a "
     "computed shape are not for it.",
     "Make the shapes constant before the conversion.", kSwitches, data_dependent},
    {"SH-14", Severity::warning, Confidence::measured, "coremltools #2247 (a single report)",
     "a huge activation",
     "An input of 3x5568x5568 did not compile on a phone. Where the limit is has not been found; "
     "100 MB for one tensor is a cautious guess.",
     "Cut the input into tiles.", "", huge_activation},
}};

}  // namespace

std::span<const Rule> shape_rules() { return kRules; }

}  // namespace anemon::models
