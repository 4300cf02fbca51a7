#include "models/analysis/operand.h"

namespace anemon::models {
namespace {

// `shape` without the dimensions that are marked, or with 1 in their place.
Shape without(const Shape& shape, const std::vector<bool>& marked, bool keep) {
  Shape result;
  for (size_t i = 0; i < shape.size(); ++i) {
    if (!marked[i]) {
      result.push_back(shape[i]);
    } else if (keep) {
      result.push_back(1);
    }
  }
  return result;
}

}  // namespace

ResultTypes reduce_shape(const OperationView& view) {
  const TensorType* x = ranked(view, "x");
  const auto keep = flag(view, "keep_dims", false);
  if (x == nullptr || !keep) return {};
  std::vector<bool> marked(x->shape.size(), !given(view, "axes"));
  if (given(view, "axes")) {
    const auto axes = view.integers("axes");
    if (!axes) return {};
    for (const int64_t axis : *axes) {
      const auto at = axis_index(axis, marked.size());
      if (!at) return {};
      marked[*at] = true;
    }
  }
  return result_of(x->dtype, without(x->shape, marked, *keep));
}

ResultTypes reduce_arg_shape(const OperationView& view) {
  const TensorType* x = ranked(view, "x");
  const auto axis = parameter(view, "axis", -1);
  const auto keep = flag(view, "keep_dims", false);
  if (x == nullptr || !axis || !keep) return {};
  const auto at = axis_index(*axis, x->shape.size());
  if (!at) return {};
  std::vector<bool> marked(x->shape.size());
  marked[*at] = true;
  return result_of(element_type(view, "output_dtype", DataType::int32),
                   without(x->shape, marked, *keep));
}

ResultTypes topk_shape(const OperationView& view) {
  const TensorType* x = ranked(view, "x");
  const auto axis = parameter(view, "axis", -1);
  const auto at = x != nullptr && axis ? axis_index(*axis, x->shape.size()) : std::nullopt;
  if (!at) return {};
  Shape shape = x->shape;
  shape[*at] = extent_of(parameter(view, "k", 1));
  const DataType index = element_type(view, "output_indices_dtype", DataType::int32);
  return {TensorType{x->dtype, true, shape}, TensorType{index, true, shape}};
}

ResultTypes argsort_shape(const OperationView& view) {
  const TensorType* x = ranked(view, "x");
  return x == nullptr ? ResultTypes{} : result_of(DataType::int32, x->shape);
}

}  // namespace anemon::models
