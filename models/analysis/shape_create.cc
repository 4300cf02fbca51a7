#include <cmath>

#include "models/analysis/operand.h"

namespace anemon::models {

ResultTypes non_zero_shape(const OperationView& view) {
  const TensorType* x = ranked(view, "x");
  if (x == nullptr) return {};
  return result_of(DataType::int32, {kAnyExtent, static_cast<int64_t>(x->shape.size())});
}

// Up to iOS16: boxes [B,N,4], scores [B,N,C], four results. From iOS17: boxes [B,4,N], scores
// [B,C,N], three, and no score_threshold.
ResultTypes non_maximum_suppression_shape(const OperationView& view) {
  const TensorType* boxes = ranked(view, "boxes");
  const TensorType* scores = ranked(view, "scores");
  if (boxes == nullptr || scores == nullptr || scores->shape.size() != 3) return {};
  const int64_t batch = scores->shape[0];
  const int64_t most = extent_of(view.integer("max_boxes"));
  const bool classes_first = view.operation().results.size() == 3;
  const auto placed = [&](const TensorType& type, int64_t columns) {
    return TensorType{type.dtype, true,
                      classes_first ? Shape{batch, columns, most} : Shape{batch, most, columns}};
  };
  return {placed(*boxes, 4), placed(*scores, scores->shape[classes_first ? 1 : 2]),
          TensorType{DataType::int32, true, {batch, most}},
          TensorType{DataType::int32, true, {batch}}};
}

ResultTypes range_1d_shape(const OperationView& view) {
  const auto scalar = [&](std::string_view name) {
    const auto elements = view.elements(name, 1);
    return elements && !elements->empty() ? elements->front() : NAN;
  };
  const double start = scalar("start"), end = scalar("end"), step = scalar("step");
  const TensorType* type = view.type("start");
  // Of a step of zero there is no number; of the wrong direction there are no elements.
  const double count = std::ceil((end - start) / step);
  return result_of(type ? type->dtype : DataType::int32, {extent_of(count < 0 ? 0 : count)});
}

ResultTypes fill_shape(const OperationView& view) {
  DataType dtype = DataType::unknown;
  for (const char* name : {"value", "mean", "low", "prob"}) {
    if (const TensorType* type = view.type(name)) dtype = type->dtype;
  }
  Shape shape;
  if (const auto extents = view.elements("shape")) {
    for (const double extent : *extents) shape.push_back(extent_of(extent));
    return result_of(dtype, std::move(shape));
  }
  const TensorType* list = ranked(view, "shape");
  if (list == nullptr || list->shape.size() != 1 || is_open(list->shape[0]) ||
      list->shape[0] > 16) {
    return {};
  }
  return result_of(dtype, Shape(static_cast<size_t>(list->shape[0]), kAnyExtent));
}

ResultTypes fill_like_shape(const OperationView& view) {
  const TensorType* reference = ranked(view, "ref_tensor");
  const TensorType* value = view.type("value");
  if (reference == nullptr) return {};
  return result_of(value ? value->dtype : DataType::fp32, reference->shape);
}

ResultTypes random_categorical_shape(const OperationView& view) {
  const TensorType* x = ranked(view, "x");
  if (x == nullptr || x->shape.empty()) return {};
  Shape shape = x->shape;
  shape.back() = extent_of(parameter(view, "size", 1));
  return result_of(x->dtype, std::move(shape));
}

ResultTypes shape_of_shape(const OperationView& view) {
  const TensorType* x = ranked(view, "x");
  const int64_t rank = x ? static_cast<int64_t>(x->shape.size()) : kAnyExtent;
  return result_of(DataType::int32, {rank});
}

}  // namespace anemon::models
