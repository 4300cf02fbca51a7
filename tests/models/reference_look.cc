#include "tests/models/reference_look.h"

#include <algorithm>

namespace anemon::models::test {

void walk(const Shape& shape, const std::function<void(const Shape&)>& visit) {
  for (const int64_t extent : shape) {
    if (extent == 0) return;
  }
  Shape index(shape.size(), 0);
  while (true) {
    visit(index);
    size_t dimension = shape.size();
    while (dimension > 0 && ++index[dimension - 1] == shape[dimension - 1]) {
      index[--dimension] = 0;
    }
    if (dimension == 0) return;
  }
}

Shape joined(const std::vector<Shape>& parts) {
  Shape all;
  for (const Shape& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

Shape broadcast(const Shape& a, const Shape& b) {
  Shape result(std::max(a.size(), b.size()));
  for (size_t i = 1; i <= result.size(); ++i) {
    const int64_t left = i <= a.size() ? a[a.size() - i] : 1;
    const int64_t right = i <= b.size() ? b[b.size() - i] : 1;
    if (left != right && left != 1 && right != 1) throw std::logic_error("no broadcast");
    result[result.size() - i] = left == 1 ? right : left;
  }
  return result;
}

std::optional<std::vector<Shape>> moved(const Looked& look) {
  const std::string& type = look.operation.type;
  const bool joins = type == "concat" || type == "stack";
  Shape x = joins ? look.shape("values") : look.shape("x");
  const size_t rank = x.size();
  if (type == "cast" || type == "identity") return {{x}};
  if (type == "reshape") return {{look.list("shape", {})}};
  if (type == "transpose") {
    Shape result;
    for (const int64_t from : look.list("perm", {})) result.push_back(x[static_cast<size_t>(from)]);
    return {{result}};
  }
  if (type == "squeeze" || type == "expand_dims") {
    const auto at = static_cast<int64_t>(look.number("axes", 0));
    if (type == "squeeze") x.erase(x.begin() + at);
    if (type == "expand_dims") x.insert(x.begin() + at, 1);
    return {{x}};
  }
  if (type == "concat") {
    const size_t axis = look.axis("axis", 0, rank);
    const auto count = static_cast<int64_t>(look.operation.argument("values")->values.size());
    x[axis] = 0;
    for (int64_t i = 0; i < count; ++i) {
      x[axis] += look.shape("values", static_cast<size_t>(i))[axis];
    }
    return {{x}};
  }
  if (type == "stack") {
    const auto count = static_cast<int64_t>(look.operation.argument("values")->values.size());
    x.insert(x.begin() + look.number("axis", 0), count);
    return {{x}};
  }
  if (type == "split") {
    const size_t axis = look.axis("axis", 0, rank);
    const int64_t parts = look.number("num_splits", 1);
    x[axis] /= parts;
    return std::vector<Shape>(static_cast<size_t>(parts), x);
  }
  if (type == "slice_by_index") {
    const std::vector<int64_t> begin = look.list("begin", {});
    const std::vector<int64_t> end = look.list("end", {});
    const std::vector<int64_t> stride = look.list("stride", std::vector<int64_t>(rank, 1));
    for (size_t i = 0; i < rank; ++i) {
      x[i] = 0;
      for (int64_t at = begin[i]; at < end[i]; at += stride[i]) ++x[i];
    }
    return {{x}};
  }
  if (type == "gather") {
    const auto axis = static_cast<int64_t>(look.axis("axis", 0, rank));
    const Shape& indices = look.shape("indices");
    return {{joined(
        {Shape(x.begin(), x.begin() + axis), indices, Shape(x.begin() + axis + 1, x.end())})}};
  }
  if (type == "pad") {
    const std::vector<int64_t> pads = look.list("pad", {});
    const size_t first = rank - pads.size() / 2;
    for (size_t i = first; i < rank; ++i) x[i] += pads[2 * (i - first)] + pads[2 * (i - first) + 1];
    return {{x}};
  }
  if (type == "tile") {
    const std::vector<int64_t> reps = look.list("reps", {});
    for (size_t i = 0; i < rank; ++i) x[i] *= reps[i];
    return {{x}};
  }
  if (type == "pixel_shuffle" || type == "depth_to_space") {
    const int64_t block = look.number(type == "pixel_shuffle" ? "upscale_factor" : "block_size", 1);
    return {{{x[0], x[1] / block / block, x[2] * block, x[3] * block}}};
  }
  if (type == "upsample_nearest_neighbor") {
    x[rank - 2] *= look.number("scale_factor_height", 1);
    x[rank - 1] *= look.number("scale_factor_width", 1);
    return {{x}};
  }
  return std::nullopt;
}

}  // namespace anemon::models::test
