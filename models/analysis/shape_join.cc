#include <algorithm>

#include "models/analysis/operand.h"

namespace anemon::models {

ResultTypes concat_shape(const OperationView& view) {
  const auto values = view.types("values");
  const auto axis = view.integer("axis");
  const auto interleave = flag(view, "interleave", false);
  if (values.empty() || !axis || !interleave) return {};
  for (const TensorType* value : values) {
    if (!value->ranked || value->shape.size() != values.front()->shape.size()) return {};
  }
  Shape shape = values.front()->shape;
  if (shape.empty()) {  // scalars make a list
    return result_of(values.front()->dtype, {static_cast<int64_t>(values.size())});
  }
  const auto at = axis_index(*axis, shape.size());
  if (!at) return {};
  for (size_t i = 1; i < values.size(); ++i) {
    for (size_t d = 0; d < shape.size(); ++d) {
      if (d == *at) {
        shape[d] = sum(shape[d], values[i]->shape[d]);
        continue;
      }
      const auto extent = agreed(shape[d], values[i]->shape[d]);
      if (!extent) return {};
      shape[d] = *extent;
    }
  }
  return result_of(values.front()->dtype, std::move(shape));
}

ResultTypes stack_shape(const OperationView& view) {
  const auto values = view.types("values");
  const auto axis = view.integer("axis");
  if (values.empty() || !axis || !values.front()->ranked) return {};
  Shape shape = values.front()->shape;
  for (const TensorType* value : values) {
    if (!value->ranked || value->shape.size() != shape.size()) return {};
    for (size_t d = 0; d < shape.size(); ++d) {
      const auto extent = agreed(shape[d], value->shape[d]);
      if (!extent) return {};
      shape[d] = *extent;
    }
  }
  const auto at = axis_index(*axis, shape.size() + 1);
  if (!at) return {};
  shape.insert(shape.begin() + static_cast<std::ptrdiff_t>(*at),
               static_cast<int64_t>(values.size()));
  return result_of(values.front()->dtype, std::move(shape));
}

ResultTypes split_shape(const OperationView& view) {
  const TensorType* x = ranked(view, "x");
  const auto axis = view.integer("axis");
  const auto at = x != nullptr && axis ? axis_index(*axis, x->shape.size()) : std::nullopt;
  if (!at) return {};
  const size_t parts = view.operation().results.size();
  std::vector<int64_t> extents(parts, kAnyExtent);
  if (given(view, "split_sizes")) {
    if (const auto sizes = view.elements("split_sizes")) {
      if (sizes->size() != parts) return {};
      std::transform(sizes->begin(), sizes->end(), extents.begin(),
                     [](double size) { return extent_of(size); });
    }
  } else {
    const auto count = view.integer("num_splits");
    if (!count || *count < 1 || static_cast<uint64_t>(*count) != parts) return {};
    extents.assign(parts, exact_quotient(x->shape[*at], *count));
  }
  ResultTypes results;
  for (const int64_t extent : extents) {
    Shape shape = x->shape;
    shape[*at] = extent;
    results.push_back({x->dtype, true, std::move(shape)});
  }
  return results;
}

ResultTypes tile_shape(const OperationView& view) {
  const TensorType* x = ranked(view, "x");
  if (x == nullptr) return {};
  Shape shape = x->shape;
  if (const auto times = view.elements("reps")) {
    if (times->size() != shape.size()) return {};
    for (size_t i = 0; i < shape.size(); ++i) {
      // PyTorch's expand() with -1, which keeps the dimension, is exported as -1 / extent times.
      const bool kept = (*times)[i] > -1 && (*times)[i] < 0;
      if (!kept) shape[i] = product(shape[i], extent_of((*times)[i]));
    }
  } else {
    shape.assign(shape.size(), kAnyExtent);
  }
  return result_of(x->dtype, std::move(shape));
}

// Pairs of before and after for the last dimensions.
ResultTypes pad_shape(const OperationView& view) {
  const TensorType* x = ranked(view, "x");
  if (x == nullptr) return {};
  Shape shape = x->shape;
  if (const auto amounts = view.elements("pad")) {
    const size_t count = amounts->size() / 2;
    if (amounts->size() % 2 != 0 || count > shape.size()) return {};
    for (size_t i = 0; i < count; ++i) {
      const int64_t both = sum(extent_of((*amounts)[2 * i]), extent_of((*amounts)[2 * i + 1]));
      int64_t& extent = shape[shape.size() - count + i];
      extent = sum(extent, both);
    }
  } else {
    shape.assign(shape.size(), kAnyExtent);
  }
  return result_of(x->dtype, std::move(shape));
}

ResultTypes constant_pad_shape(const OperationView& view) {
  const TensorType* x = ranked(view, "x");
  if (x == nullptr) return {};
  Shape shape = x->shape;
  const auto sizes = view.elements("sizes");
  if (!sizes) return result_of(x->dtype, Shape(shape.size(), kAnyExtent));
  if (sizes->size() != 2 * shape.size()) return {};
  for (size_t i = 0; i < shape.size(); ++i) {
    const int64_t a = extent_of((*sizes)[2 * i]), b = extent_of((*sizes)[2 * i + 1]);
    const bool known = !is_open(shape[i]) && !is_open(a) && !is_open(b);
    shape[i] = known ? std::max({shape[i], a, b}) : kAnyExtent;
  }
  return result_of(x->dtype, std::move(shape));
}

}  // namespace anemon::models
