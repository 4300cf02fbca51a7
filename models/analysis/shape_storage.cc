#include "models/analysis/operand.h"

namespace anemon::models {
namespace {

// `type` with as many elements along `vector_axis` as a table entry has.
std::optional<Shape> unpacked(const OperationView& view, const Shape& indices) {
  const TensorType* table = ranked(view, "lut");
  if (table == nullptr || table->shape.empty()) return std::nullopt;
  Shape shape = indices;
  if (table->shape.back() == 1) return shape;
  const auto axis = view.integer("vector_axis");
  const auto at = axis ? axis_index(*axis, shape.size()) : std::nullopt;
  if (!at) return std::nullopt;
  shape[*at] = product(shape[*at], table->shape.back());
  return shape;
}

DataType type_of(const OperationView& view, std::string_view argument) {
  const TensorType* type = view.type(argument);
  return type ? type->dtype : DataType::unknown;
}

// The dense shape that opsets before iOS18 give as a parameter.
std::optional<Shape> stated_shape(const OperationView& view) {
  const auto shape = view.integers("shape");
  return shape ? std::optional<Shape>(*shape) : std::nullopt;
}

}  // namespace

ResultTypes affine_dequantize_shape(const OperationView& view) {
  const TensorType* data = ranked(view, "quantized_data");
  return data ? result_of(type_of(view, "scale"), data->shape) : ResultTypes{};
}

ResultTypes lut_to_dense_shape(const OperationView& view) {
  const DataType dtype = type_of(view, "lut");
  if (given(view, "shape")) {
    const auto shape = stated_shape(view);
    return shape ? result_of(dtype, *shape) : ResultTypes{};
  }
  const TensorType* indices = ranked(view, "indices");
  const auto shape = indices ? unpacked(view, indices->shape) : std::nullopt;
  return shape ? result_of(dtype, *shape) : ResultTypes{};
}

ResultTypes sparse_to_dense_shape(const OperationView& view) {
  const DataType dtype = type_of(view, "nonzero_data");
  if (given(view, "shape")) {
    const auto shape = stated_shape(view);
    return shape ? result_of(dtype, *shape) : ResultTypes{};
  }
  const TensorType* mask = ranked(view, "mask");
  return mask ? result_of(dtype, mask->shape) : ResultTypes{};
}

ResultTypes constexpr_cast_shape(const OperationView& view) {
  const TensorType* source = ranked(view, "source_val");
  if (source == nullptr) return {};
  return result_of(element_type(view, "output_dtype", DataType::fp32), source->shape);
}

ResultTypes blockwise_shift_scale_shape(const OperationView& view) {
  const TensorType* data = ranked(view, "data");
  return data ? result_of(type_of(view, "scale"), data->shape) : ResultTypes{};
}

// The mask, then the elements that it lets through.
ResultTypes lut_to_sparse_shape(const OperationView& view) {
  const TensorType* mask = ranked(view, "indices_mask");
  const TensorType* kept = ranked(view, "indices_nonzero_data");
  const TensorType* table = ranked(view, "lut");
  const auto shape = mask ? unpacked(view, mask->shape) : std::nullopt;
  if (!shape || kept == nullptr || kept->shape.size() != 1) return {};
  return {TensorType{mask->dtype, true, *shape},
          TensorType{table->dtype, true, {product(kept->shape[0], table->shape.back())}}};
}

ResultTypes sparse_blockwise_shape(const OperationView& view) {
  const TensorType* mask = ranked(view, "data_mask");
  const TensorType* kept = ranked(view, "nonzero_data");
  if (mask == nullptr || kept == nullptr) return {};
  return {*mask, TensorType{type_of(view, "scale"), true, kept->shape}};
}

ResultTypes read_state_shape(const OperationView& view) {
  const TensorType* state = ranked(view, "input");
  return state ? ResultTypes{*state} : ResultTypes{};
}

ResultTypes update_state_shape(const OperationView& view) {
  const TensorType* value = ranked(view, "value");
  return value ? ResultTypes{*value} : ResultTypes{};
}

ResultTypes make_list_shape(const OperationView& view) {
  const auto extents = view.elements("elem_shape");
  if (!extents) return {};
  Shape shape;
  for (const double extent : *extents) shape.push_back(extent_of(extent));
  return result_of(element_type(view, "dtype", DataType::fp32), std::move(shape));
}

ResultTypes list_gather_shape(const OperationView& view) {
  const TensorType* element = ranked(view, "ls");
  const TensorType* indices = ranked(view, "indices");
  if (element == nullptr || indices == nullptr || indices->shape.size() != 1) return {};
  Shape shape = element->shape;
  shape.insert(shape.begin(), indices->shape[0]);
  return result_of(element->dtype, std::move(shape));
}

ResultTypes same_list_shape(const OperationView& view) {
  const TensorType* element = ranked(view, "ls");
  return element ? ResultTypes{*element} : ResultTypes{};
}

// A list learns the shape of its elements from what is put into it: `value`, or its rows.
ResultTypes list_put_shape(const OperationView& view) {
  const TensorType* element = ranked(view, "ls");
  const TensorType* value = ranked(view, "value");
  if (element == nullptr || value == nullptr) return same_list_shape(view);
  const size_t rows = given(view, "indices") ? 1 : 0;
  if (value->shape.size() != element->shape.size() + rows) return {};
  Shape shape = element->shape;
  for (size_t i = 0; i < shape.size(); ++i) {
    const auto extent = agreed(shape[i], value->shape[i + rows]);
    if (!extent) return {};
    shape[i] = *extent;
  }
  return result_of(element->dtype, std::move(shape));
}

ResultTypes list_length_shape(const OperationView&) { return result_of(DataType::int32, {}); }

}  // namespace anemon::models
