#include <algorithm>
#include <cmath>

#include "models/analysis/operand.h"

namespace anemon::models {
namespace {

constexpr int64_t kHighestRank = 16;  // what a target shape of unknown elements may claim

// Puts into the one open dimension of `shape` what makes it as large as `from`. False when the two
// cannot have the same number of elements.
bool fit(const Shape& from, Shape& shape) {
  const int64_t total = product(from);
  if (is_open(total)) return true;
  const auto opens = std::count_if(shape.begin(), shape.end(), is_open);
  if (opens == 0) return product(shape) == total;
  if (opens > 1) return true;
  const auto open = std::find_if(shape.begin(), shape.end(), is_open);
  *open = 1;
  const int64_t others = product(shape);
  if (others == 0) *open = kAnyExtent;
  if (others < 1) return true;
  *open = exact_quotient(total, others);
  return !is_open(*open);
}

}  // namespace

// 0 takes over the dimension at its place, -1 is what is left.
ResultTypes reshape_shape(const OperationView& view) {
  const TensorType* x = ranked(view, "x");
  if (x == nullptr) return {};
  const auto target = view.elements("shape");
  if (!target) {
    const TensorType* list = ranked(view, "shape");
    const bool counted = list != nullptr && list->shape.size() == 1 && !is_open(list->shape[0]);
    if (!counted || list->shape[0] > kHighestRank) return {};
    return result_of(x->dtype, Shape(static_cast<size_t>(list->shape[0]), kAnyExtent));
  }

  Shape shape, from = x->shape;
  bool inferred = false;
  for (size_t i = 0; i < target->size(); ++i) {
    const double asked = (*target)[i];
    if (asked == 0) {
      if (i >= x->shape.size()) return {};
      // A dimension that is only passed on need not be known to find another.
      if (is_open(x->shape[i])) from[i] = 1;
      shape.push_back(x->shape[i]);
      continue;
    }
    if (asked == -1 && std::exchange(inferred, true)) return {};
    if (asked < -1) return {};
    shape.push_back(extent_of(asked));
  }
  Shape reduced = shape;
  for (size_t i = 0; i < target->size(); ++i) {
    if ((*target)[i] == 0 && is_open(reduced[i])) reduced[i] = 1;
  }
  if (!fit(from, reduced)) return {};
  for (size_t i = 0; i < target->size(); ++i) {
    if ((*target)[i] != 0) shape[i] = reduced[i];
  }
  return result_of(x->dtype, std::move(shape));
}

ResultTypes reshape_like_shape(const OperationView& view) {
  const TensorType* x = view.type("x");
  const auto references = view.types("ref_tensors");
  const auto begins = view.integers("begins");
  const auto ends = view.integers("ends");
  const auto masks = view.integers("end_masks");
  if (x == nullptr || !begins || !ends || !masks || begins->size() != references.size() ||
      ends->size() != references.size() || masks->size() != references.size()) {
    return {};
  }
  Shape shape;
  for (size_t i = 0; i < references.size(); ++i) {
    if (!references[i]->ranked) return {};
    const Shape& from = references[i]->shape;
    const auto rank = static_cast<int64_t>(from.size());
    const auto place = [&](int64_t at) {
      return std::clamp<int64_t>(at < 0 ? at + rank : at, 0, rank);
    };
    if ((*begins)[i] < -rank || (*ends)[i] < -rank) return {};
    const int64_t end = (*masks)[i] != 0 ? rank : place((*ends)[i]);
    for (int64_t at = place((*begins)[i]); at < end; ++at) {
      shape.push_back(from[static_cast<size_t>(at)]);
    }
  }
  return result_of(x->dtype, std::move(shape));
}

ResultTypes squeeze_shape(const OperationView& view) {
  const TensorType* x = ranked(view, "x");
  if (x == nullptr) return {};
  std::vector<bool> dropped(x->shape.size());
  if (given(view, "axes")) {
    const auto axes = view.integers("axes");
    if (!axes) return {};
    for (const int64_t axis : *axes) {
      const auto at = axis_index(axis, dropped.size());
      if (!at) return {};
      // A dimension that is not 1 stays; an open one can only be 1.
      dropped[*at] = x->shape[*at] == 1 || is_open(x->shape[*at]);
    }
  } else {
    if (std::any_of(x->shape.begin(), x->shape.end(), is_open)) return {};
    for (size_t i = 0; i < dropped.size(); ++i) dropped[i] = x->shape[i] == 1;
  }
  Shape shape;
  for (size_t i = 0; i < dropped.size(); ++i) {
    if (!dropped[i]) shape.push_back(x->shape[i]);
  }
  return result_of(x->dtype, std::move(shape));
}

ResultTypes expand_dims_shape(const OperationView& view) {
  const TensorType* x = ranked(view, "x");
  const auto axes = view.integers("axes");
  if (x == nullptr || !axes) return {};
  std::vector<bool> added(x->shape.size() + axes->size());
  for (const int64_t axis : *axes) {
    const auto at = axis_index(axis, added.size());
    if (!at || added[*at]) return {};
    added[*at] = true;
  }
  Shape shape;
  auto next = x->shape.begin();
  for (const bool one : added) shape.push_back(one ? 1 : *next++);
  return result_of(x->dtype, std::move(shape));
}

ResultTypes flatten2d_shape(const OperationView& view) {
  const TensorType* x = ranked(view, "x");
  const auto axis = parameter(view, "axis", 1);
  if (x == nullptr || !axis) return {};
  const auto rank = static_cast<int64_t>(x->shape.size());
  if (*axis < -rank || *axis > rank) return {};
  const auto split = static_cast<size_t>(*axis < 0 ? *axis + rank : *axis);
  const std::span<const int64_t> all = x->shape;
  return result_of(x->dtype, {product(all.first(split)), product(all.subspan(split))});
}

ResultTypes flatten_shape(const OperationView& view) {
  const TensorType* x = ranked(view, "x");
  if (x == nullptr || x->shape.size() < 3) return {};
  Shape shape = x->shape;
  const size_t channel = shape.size() - 3;
  shape[channel] = product(std::span<const int64_t>(x->shape).subspan(channel));
  shape[channel + 1] = shape[channel + 2] = 1;
  return result_of(x->dtype, std::move(shape));
}

ResultTypes transpose_shape(const OperationView& view) {
  const TensorType* x = ranked(view, "x");
  const auto order = view.integers("perm");
  if (x == nullptr || !order || order->size() != x->shape.size()) return {};
  std::vector<bool> taken(x->shape.size());
  Shape shape;
  for (const int64_t axis : *order) {
    const auto at = axis_index(axis, taken.size());
    if (!at || taken[*at]) return {};
    taken[*at] = true;
    shape.push_back(x->shape[*at]);
  }
  return result_of(x->dtype, std::move(shape));
}

}  // namespace anemon::models
