#include "models/analysis/operand.h"

namespace anemon::models {

// x[:axis] + indices[batch_dims:] + x[axis + 1:]
ResultTypes gather_shape(const OperationView& view) {
  const TensorType* x = ranked(view, "x");
  const TensorType* indices = ranked(view, "indices");
  const auto axis = parameter(view, "axis", 0);
  const auto batch = parameter(view, "batch_dims", 0);
  if (x == nullptr || indices == nullptr || !axis || !batch) return {};
  const auto at = axis_index(*axis, x->shape.size());
  if (!at || *batch < 0 || static_cast<uint64_t>(*batch) > indices->shape.size()) return {};
  const auto place = static_cast<std::ptrdiff_t>(*at);
  Shape shape(x->shape.begin(), x->shape.begin() + place);
  shape.insert(shape.end(), indices->shape.begin() + *batch, indices->shape.end());
  shape.insert(shape.end(), x->shape.begin() + place + 1, x->shape.end());
  return result_of(x->dtype, std::move(shape));
}

ResultTypes gather_along_axis_shape(const OperationView& view) {
  const TensorType* x = ranked(view, "x");
  const TensorType* indices = ranked(view, "indices");
  const auto axis = parameter(view, "axis", 0);
  if (x == nullptr || indices == nullptr || !axis || x->shape.size() != indices->shape.size()) {
    return {};
  }
  const auto at = axis_index(*axis, x->shape.size());
  if (!at) return {};
  Shape shape = indices->shape;
  for (size_t i = 0; i < shape.size(); ++i) {
    if (i == *at) continue;
    const auto extent = agreed(shape[i], x->shape[i]);
    if (!extent) return {};
    shape[i] = *extent;
  }
  return result_of(x->dtype, std::move(shape));
}

// The last dimension of `indices` counts how many of x's dimensions one of them picks from.
ResultTypes gather_nd_shape(const OperationView& view) {
  const TensorType* x = ranked(view, "x");
  const TensorType* indices = ranked(view, "indices");
  const auto batch = parameter(view, "batch_dims", 0);
  if (x == nullptr || indices == nullptr || !batch || indices->shape.empty() || *batch < 0) {
    return {};
  }
  const int64_t picked = sum(*batch, indices->shape.back());
  if (is_open(picked) || static_cast<uint64_t>(picked) > x->shape.size()) return {};
  Shape shape(indices->shape.begin(), indices->shape.end() - 1);
  shape.insert(shape.end(), x->shape.begin() + picked, x->shape.end());
  return result_of(x->dtype, std::move(shape));
}

ResultTypes embedding_shape(const OperationView& view) {
  const TensorType* x = ranked(view, "x");
  const TensorType* weight = ranked(view, "weight");
  const auto axis = view.integer("axis");
  if (x == nullptr || weight == nullptr || weight->shape.size() != 2 || !axis) return {};
  const auto at = axis_index(*axis, x->shape.size());
  if (!at) return {};
  Shape shape = x->shape;
  shape[*at] = weight->shape[0];
  return result_of(x->dtype, std::move(shape));
}

ResultTypes one_hot_shape(const OperationView& view) {
  const TensorType* indices = ranked(view, "indices");
  const auto axis = parameter(view, "axis", -1);
  if (indices == nullptr || !axis) return {};
  const auto at = axis_index(*axis, indices->shape.size() + 1);
  if (!at) return {};
  Shape shape = indices->shape;
  shape.insert(shape.begin() + static_cast<std::ptrdiff_t>(*at),
               extent_of(view.integer("one_hot_vector_size")));
  const TensorType* on = view.type("on_value");
  return result_of(on ? on->dtype : DataType::int32, std::move(shape));
}

}  // namespace anemon::models
