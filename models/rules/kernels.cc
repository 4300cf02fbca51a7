// Windows and inner products that are too large for the Neural Engine.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "models/rules/check.h"
#include "models/rules/families.h"
#include "models/rules/limits.h"

namespace anemon::models {
namespace {

bool is_convolution(const Operation& operation) {
  return operation.type == "conv" || operation.type == "conv_transpose";
}

// The last two extents of a convolution's window, {1, width} in one dimension; none when unknown.
std::optional<std::pair<int64_t, int64_t>> window_of(const OperationView& view) {
  const TensorType* weight = view.type("weight");
  if (weight == nullptr || !is_known(*weight) || weight->shape.size() < 3) return std::nullopt;
  const Shape& shape = weight->shape;
  return std::pair(shape.size() > 3 ? shape[shape.size() - 2] : 1, shape.back());
}

void inner_product(const RuleContext& context, std::vector<Finding>& findings) {
  Operations operations = stopped_by(context, "SH-4");
  report_off_engine(
      context, Severity::error, Severity::error, std::move(operations),
      fmt::format("multiply over an inner dimension that {} refuses", context.chip.name), findings);
}

void large_kernel(const RuleContext& context, std::vector<Finding>& findings) {
  Operations operations = stopped_by(context, "SH-5");
  if (operations.empty()) return;
  std::string windows;
  if (const auto window = window_of(view_of(context, operations.front()))) {
    windows = fmt::format(", the first of {}x{}", window->first, window->second);
  }
  report_off_engine(context, Severity::error, Severity::error, std::move(operations),
                    "with a window that does not compile" + windows, findings);
}

void slow_kernel(const RuleContext& context, std::vector<Finding>& findings) {
  const Operations refused = stopped_by(context, "SH-5");
  int64_t largest = 0;
  Operations operations = operations_where(context, [&](const OperationView& view) {
    if (!is_convolution(view.operation())) return false;
    const auto window = window_of(view);
    if (!window || window->first > kLargestExtent || window->second > kLargestExtent) return false;
    const int64_t area = window->first * window->second;
    if (area <= kSlowKernelArea) return false;
    largest = std::max(largest, area);
    return true;
  });
  std::erase_if(operations, [&](size_t each) {
    return std::binary_search(refused.begin(), refused.end(), each);
  });
  if (operations.empty()) return;
  std::string what = fmt::format("{} with windows of more than {} elements",
                                 count_of(context, operations), kSlowKernelArea);
  findings.push_back(found(context, Severity::warning, std::move(operations), std::move(what)));
}

void large_pool(const RuleContext& context, std::vector<Finding>& findings) {
  const Operations refused = stopped_by(context, "SH-7");
  Operations operations = operations_where(context, [](const OperationView& view) {
    if (view.operation().type != "avg_pool") return false;
    const auto window = view.integers("kernel_sizes");
    return window && std::any_of(window->begin(), window->end(),
                                 [](int64_t extent) { return extent > kLargestTestedAverage; });
  });
  operations.insert(operations.end(), refused.begin(), refused.end());
  std::sort(operations.begin(), operations.end());
  report_off_engine(context, Severity::warning, Severity::warning, std::move(operations),
                    "with a pooling window beyond what is known to compile", findings);
}

void runtime_weights(const RuleContext& context, std::vector<Finding>& findings) {
  if (context.function == nullptr) return;
  const WeightIndex& weights = context.facts->weights;
  Operations operations = operations_where(context, [&](const OperationView& view) {
    const Argument* weight = view.operation().argument("weight");
    return is_convolution(view.operation()) && weight != nullptr && !weight->values.empty() &&
           !weights.is_constant(weight->values.front());
  });
  if (operations.empty()) return;
  std::string what = count_of(context, operations) + " with weights that the model computes";
  findings.push_back(found(context, Severity::warning, std::move(operations), std::move(what)));
}

constexpr std::array<Rule, 5> kRules = {{
    {"SH-4", Severity::error, Confidence::measured, "751K microarchitecture study (M4), 3.3",
     "inner products over too much",
     "A product over 32768 elements compiles, one over 40000 does not.",
     "Split the inner dimension, multiply the parts and add the results.",
     "up to 2 switches x 0.125 ms for each interruption", inner_product},
    {"SH-5", Severity::error, Confidence::measured,
     "751K microarchitecture study, B4c and 3.3; Bryngelson (width 15 or 16: the sources differ)",
     "convolution windows too large to compile",
     "Windows wider than 15, higher than 31 or, square, larger than 16 do not compile, and without "
     "an error the whole model runs on the CPU, 4 to 7 times slower.",
     "Replace a large window by a stack of small or dilated ones.",
     "up to 2 switches x 0.125 ms for each interruption", large_kernel},
    {"SH-6", Severity::warning, Confidence::measured, "751K microarchitecture study",
     "convolution windows slow to compile",
     "A window of 16x16 took 212 to 229 s and 11.7 GB to compile, one of 13x13 2 to 23 s.",
     "Replace a large window by a stack of small or dilated ones.", "", slow_kernel},
    {"SH-7", Severity::warning, Confidence::measured,
     "751K microarchitecture study; hollance/neural-engine for the limit of 13 of older chips",
     "pooling windows too large",
     "Maximum pooling fails from a width of 9 on; average pooling is known to work up to 14.",
     "Pool several times with small windows.", "up to 2 switches x 0.125 ms for each interruption",
     large_pool},
    {"SH-11", Severity::warning, Confidence::folklore,
     "751K microarchitecture study (supported) against skyfallsin, field guide (silently wrong on "
     "M3): the sources differ",
     "convolutions with computed weights",
     "Sources differ on whether the Neural Engine gets a convolution right whose weights are not "
     "constant.",
     "Make the weights constant, or compare the results with those of the CPU.", "",
     runtime_weights},
}};

}  // namespace

std::span<const Rule> kernel_rules() { return kRules; }

}  // namespace anemon::models
