#include <algorithm>
#include <map>
#include <string>

#include "models/analysis/work_rules.h"

namespace anemon::models {
namespace {

// Elements per row of the outermost dimension: of a convolution's weight those that make one output
// channel, of a transposed one's those that one input channel is spread with.
Count elements_per_row(const OperationView& view, std::string_view weight) {
  const TensorType* type = view.type(weight);
  if (type == nullptr || !is_known(*type) || type->shape.empty()) return {};
  return element_count({type->dtype, true, Shape(type->shape.begin() + 1, type->shape.end())});
}

Count bias_work(const OperationView& view) {
  return view.type("bias") == nullptr ? Count(0) : result_elements(view);
}

// The extent of a dimension counted from the end, 1 being the last.
Count extent_from_end(const TensorType* type, size_t place) {
  if (type == nullptr || !type->ranked || type->shape.size() < place) return {};
  const int64_t extent = type->shape[type->shape.size() - place];
  return extent < 0 ? Count() : Count(static_cast<uint64_t>(extent));
}

}  // namespace

std::optional<Work> conv_work(const OperationView& view) {
  return work_of(result_elements(view) * elements_per_row(view, "weight"), bias_work(view));
}

std::optional<Work> conv_transpose_work(const OperationView& view) {
  return work_of(elements(view, "x") * elements_per_row(view, "weight"), bias_work(view));
}

std::optional<Work> linear_work(const OperationView& view) {
  return work_of(result_elements(view) * elements_per_row(view, "weight"), bias_work(view));
}

std::optional<Work> matmul_work(const OperationView& view) {
  const TensorType* x = view.type("x");
  const bool vector = x != nullptr && x->shape.size() == 1;
  const bool transposed = !vector && view.flag("transpose_x").value_or(false);
  return work_of(result_elements(view) * extent_from_end(x, transposed ? 2 : 1), bias_work(view));
}

std::optional<Work> einsum_work(const OperationView& view) {
  const std::optional<std::string> equation = view.text("equation");
  if (!equation) return std::nullopt;
  std::map<char, Count> sizes;
  const std::vector<const TensorType*> operands = view.types("values");
  size_t operand = 0;
  size_t dimension = 0;
  for (const char letter : equation->substr(0, equation->find("->"))) {
    if (letter == ' ') continue;
    if (letter == ',') {
      ++operand;
      dimension = 0;
      continue;
    }
    // Letters only: an ellipsis does not say how many dimensions it stands for.
    if (letter == '.' || operand >= operands.size() || operands[operand] == nullptr) return {};
    const TensorType& type = *operands[operand];
    if (!is_known(type) || dimension >= type.shape.size()) return std::nullopt;
    const auto extent = static_cast<uint64_t>(type.shape[dimension++]);
    // An extent of 1 beside a larger one is broadcast.
    sizes[letter] = std::max(sizes[letter].or_zero(), extent);
  }
  Count macs = 1;
  for (const auto& [letter, size] : sizes) macs = macs * size;
  return work_of(macs, 0);
}

std::optional<Work> attention_work(const OperationView& view) {
  const TensorType& result = view.result();
  const TensorType* query = view.type("query");
  const Count length = extent_from_end(query, 2);
  const Count keys = extent_from_end(view.type("key"), 2);
  const Count depth = extent_from_end(query, 1);
  const Count width = extent_from_end(view.type("value"), 1);
  if (!is_known(result) || result.shape.size() < 2) return std::nullopt;
  const Count batch =
      element_count({result.dtype, true, Shape(result.shape.begin(), result.shape.end() - 2)});
  const Count scores = batch * length * keys;
  return work_of(scores * (depth + width), scores * 5);
}

std::optional<Work> recurrent_work(const OperationView& view) {
  const TensorType* x = view.type("x");
  if (x == nullptr || !is_known(*x) || x->shape.size() < 2) return std::nullopt;
  const Count positions = element_count({x->dtype, true, {x->shape[0], x->shape[1]}});
  Count weights = 0;
  // weight_ih and weight_hh, and with two directions their *_back.
  for (const Argument& argument : view.operation().arguments) {
    if (!argument.name.starts_with("weight")) continue;
    for (const TensorType* type : view.types(argument.name)) {
      weights = weights + (type == nullptr ? Count() : Count(element_count(*type)));
    }
  }
  return work_of(positions * weights, 0);
}

}  // namespace anemon::models
