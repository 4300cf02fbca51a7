#include <algorithm>
#include <cmath>

#include "models/analysis/operand.h"

namespace anemon::models {
namespace {

// Where a slice begins or ends: a mask means as far as there is, none that it is not known.
struct Bound {
  bool mask = false;
  std::optional<int64_t> at;
};

// Steps of `stride` from `begin` (inclusive) to `end` (exclusive), begin <= end.
int64_t steps(int64_t begin, int64_t end, int64_t stride) {
  return begin >= end ? 0 : quotient_up(end - begin, stride);
}

// A slice that does not depend on the extent: at most one element, both bounds counted from the
// same side. Open when it does depend.
int64_t fixed_count(const Bound& begin, const Bound& end, int64_t stride) {
  if (begin.mask || !begin.at) return kAnyExtent;
  if (end.mask) {
    return (*begin.at == 0 && stride < 0) || (*begin.at == -1 && stride > 0) ? 1 : kAnyExtent;
  }
  if (!end.at || (*begin.at < 0) != (*end.at < 0)) return kAnyExtent;
  const int64_t low = stride > 0 ? *begin.at : *end.at;
  const int64_t high = stride > 0 ? *end.at : *begin.at;
  if (low >= high) return 0;
  int64_t distance = 0;
  if (__builtin_sub_overflow(high, low, &distance)) return kAnyExtent;
  const bool one = distance == 1 || (stride > 0 ? stride >= distance : -distance >= stride);
  return one ? 1 : kAnyExtent;
}

int64_t sliced(int64_t extent, Bound begin, Bound end, int64_t stride) {
  if (stride == 0 || stride == INT64_MIN) return kAnyExtent;
  const int64_t step = stride < 0 ? -stride : stride;
  if (is_open(extent)) {
    return begin.mask && end.mask ? quotient_up(extent, step) : fixed_count(begin, end, stride);
  }
  // An unknown bound picks one of one.
  if ((!begin.mask && !begin.at) || (!end.mask && !end.at)) {
    return extent == 1 ? 1 : fixed_count(begin, end, stride);
  }
  const int64_t least = stride > 0 ? 0 : -1;
  const int64_t most = stride > 0 ? extent : extent - 1;
  const auto place = [&](const Bound& bound, int64_t whole) {
    if (bound.mask) return whole;
    const int64_t at = *bound.at < 0 ? *bound.at + extent : *bound.at;
    return std::clamp(at, least, most);
  };
  const int64_t from = place(begin, stride > 0 ? 0 : extent - 1);
  const int64_t to = place(end, stride > 0 ? extent : -1);
  return stride > 0 ? steps(from, to, step) : steps(to, from, step);
}

// Element `i` of a list of bounds that may be absent or unknown.
std::optional<int64_t> bound_at(const std::optional<std::vector<double>>& list, size_t i) {
  if (!list || !(std::abs((*list)[i]) < 9.2e18)) return std::nullopt;
  return static_cast<int64_t>((*list)[i]);
}

}  // namespace

ResultTypes slice_by_index_shape(const OperationView& view) {
  const TensorType* x = ranked(view, "x");
  if (x == nullptr) return {};
  const size_t rank = x->shape.size();
  const auto begins = view.elements("begin");
  const auto ends = view.elements("end");
  const auto strides = parameters(view, "stride", rank, 1);
  const auto begin_masks = parameters(view, "begin_mask", rank, 0);
  const auto end_masks = parameters(view, "end_mask", rank, 0);
  const auto squeezed = parameters(view, "squeeze_mask", rank, 0);
  if (!strides || !begin_masks || !end_masks || !squeezed) return {};
  if ((begins && begins->size() != rank) || (ends && ends->size() != rank)) return {};
  Shape shape;
  for (size_t i = 0; i < rank; ++i) {
    if ((*squeezed)[i] != 0) continue;
    const Bound begin{(*begin_masks)[i] != 0, bound_at(begins, i)};
    const Bound end{(*end_masks)[i] != 0, bound_at(ends, i)};
    shape.push_back(sliced(x->shape[i], begin, end, (*strides)[i]));
  }
  return result_of(x->dtype, std::move(shape));
}

ResultTypes slice_by_size_shape(const OperationView& view) {
  const TensorType* x = ranked(view, "x");
  if (x == nullptr) return {};
  const size_t rank = x->shape.size();
  const auto begins = view.elements("begin");
  const auto sizes = view.elements("size");
  if ((begins && begins->size() != rank) || (sizes && sizes->size() != rank)) return {};
  Shape shape;
  for (size_t i = 0; i < rank; ++i) {
    const auto size = bound_at(sizes, i);
    if (!size || *size != -1) {
      shape.push_back(extent_of(size));
    } else {  // the rest
      const auto begin = bound_at(begins, i);
      shape.push_back(begin && *begin < 0 ? kAnyExtent : difference(x->shape[i], extent_of(begin)));
    }
  }
  return result_of(x->dtype, std::move(shape));
}

ResultTypes slice_axis_shape(const OperationView& view) {
  const TensorType* x = ranked(view, "x");
  const auto axis = view.integer("axis");
  const auto stride = parameter(view, "stride", 1);
  const auto at = x != nullptr && axis ? axis_index(*axis, x->shape.size()) : std::nullopt;
  if (!at) return {};
  Shape shape = x->shape;
  shape[*at] = sliced(shape[*at], {false, view.integer("begin")}, {false, view.integer("end")},
                      stride.value_or(0));
  return result_of(x->dtype, std::move(shape));
}

ResultTypes slice_axis_by_size_shape(const OperationView& view) {
  const TensorType* x = ranked(view, "x");
  const auto axis = view.integer("axis");
  const auto at = x != nullptr && axis ? axis_index(*axis, x->shape.size()) : std::nullopt;
  if (!at) return {};
  Shape shape = x->shape;
  shape[*at] = extent_of(view.integer("size"));
  return result_of(x->dtype, std::move(shape));
}

ResultTypes crop_shape(const OperationView& view) {
  const TensorType* x = ranked(view, "x");
  const auto height = view.integers("crop_height");
  const auto width = view.integers("crop_width");
  if (x == nullptr || x->shape.size() < 2 || !height || height->size() != 2 || !width ||
      width->size() != 2) {
    return {};
  }
  Shape shape = x->shape;
  const size_t rank = shape.size();
  shape[rank - 2] = difference(difference(shape[rank - 2], (*height)[0]), (*height)[1]);
  shape[rank - 1] = difference(difference(shape[rank - 1], (*width)[0]), (*width)[1]);
  return result_of(x->dtype, std::move(shape));
}

ResultTypes crop_like_shape(const OperationView& view) {
  const TensorType* x = ranked(view, "x");
  const TensorType* reference = ranked(view, "reference");
  if (x == nullptr || reference == nullptr || x->shape.size() < 2 || reference->shape.size() < 2) {
    return {};
  }
  Shape shape = x->shape;
  std::copy(reference->shape.end() - 2, reference->shape.end(), shape.end() - 2);
  return result_of(x->dtype, std::move(shape));
}

}  // namespace anemon::models
