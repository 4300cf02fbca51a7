#include "models/analysis/operand.h"

namespace anemon::models {
namespace {

// x and y stretched to each other; none when they do not go together.
std::optional<Shape> of_both(const OperationView& view) {
  const TensorType* x = ranked(view, "x");
  const TensorType* y = ranked(view, "y");
  if (x == nullptr || y == nullptr) return std::nullopt;
  return broadcast(x->shape, y->shape);
}

DataType first_known(const TensorType& a, const TensorType& b) {
  return a.dtype != DataType::unknown ? a.dtype : b.dtype;
}

ResultTypes as(const TensorType* type) {
  return type == nullptr ? ResultTypes{} : ResultTypes{*type};
}

ResultTypes retyped(const TensorType* type, DataType dtype) {
  return type == nullptr ? ResultTypes{} : result_of(dtype, type->shape);
}

}  // namespace

ResultTypes same_shape(const OperationView& view) { return as(ranked(view, "x")); }

ResultTypes same_as_data_shape(const OperationView& view) { return as(ranked(view, "data")); }

ResultTypes identity_shape(const OperationView& view) {
  ResultTypes results;
  for (const TensorType* type : view.types("values")) results.push_back(*type);
  return results;
}

ResultTypes broadcast_shape(const OperationView& view) {
  const auto shape = of_both(view);
  if (!shape) return {};
  return result_of(first_known(*view.type("x"), *view.type("y")), *shape);
}

ResultTypes compare_shape(const OperationView& view) {
  if (!given(view, "y")) return retyped(ranked(view, "x"), DataType::boolean);
  const auto shape = of_both(view);
  return shape ? result_of(DataType::boolean, *shape) : ResultTypes{};
}

ResultTypes select_shape(const OperationView& view) {
  const TensorType* condition = ranked(view, "cond");
  const TensorType* a = ranked(view, "a");
  const TensorType* b = ranked(view, "b");
  if (condition == nullptr || a == nullptr || b == nullptr) return {};
  const auto both = broadcast(a->shape, b->shape);
  const auto all = both ? broadcast(condition->shape, *both) : std::nullopt;
  return all ? result_of(first_known(*a, *b), *all) : ResultTypes{};
}

ResultTypes broadcast_values_shape(const OperationView& view) {
  const auto values = view.types("values");
  if (values.empty()) return {};
  std::optional<Shape> shape = Shape{};
  for (const TensorType* value : values) {
    if (!value->ranked) return {};
    shape = broadcast(*shape, value->shape);
    if (!shape) return {};
  }
  return result_of(values.front()->dtype, *shape);
}

ResultTypes cast_shape(const OperationView& view) {
  return retyped(ranked(view, "x"), element_type(view, "dtype", DataType::unknown));
}

ResultTypes quantize_shape(const OperationView& view) {
  return retyped(ranked(view, "input"), element_type(view, "output_dtype", DataType::int8));
}

ResultTypes dequantize_shape(const OperationView& view) {
  const TensorType* scale = view.type("scale");
  return retyped(ranked(view, "input"), scale ? scale->dtype : DataType::unknown);
}

ResultTypes reference_shape(const OperationView& view) {
  const TensorType* reference = ranked(view, "reference");
  const TensorType* x = view.type("x");
  return retyped(reference, x ? x->dtype : reference ? reference->dtype : DataType::unknown);
}

ResultTypes broadcast_to_shape(const OperationView& view) {
  const TensorType* x = view.type("x");
  const TensorType* target = ranked(view, "shape");
  Shape shape;
  if (const auto extents = view.elements("shape")) {
    for (const double extent : *extents) shape.push_back(extent_of(extent));
  } else if (target != nullptr && target->shape.size() == 1 && target->shape[0] >= 0 &&
             target->shape[0] <= 16) {
    shape.assign(static_cast<size_t>(target->shape[0]), kAnyExtent);
  } else {
    return {};
  }
  return result_of(x ? x->dtype : DataType::unknown, std::move(shape));
}

}  // namespace anemon::models
