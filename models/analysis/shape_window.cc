#include <algorithm>

#include "models/analysis/operand.h"

namespace anemon::models {
namespace {

struct Window {
  int64_t extent, stride, before, after;  // extent: with dilation
};

enum class Padding : uint8_t { valid, same, custom };

std::optional<Padding> padding_of(const OperationView& view) {
  if (!given(view, "pad_type")) return Padding::valid;
  const auto word = view.text("pad_type");
  if (!word) return std::nullopt;
  if (*word == "valid") return Padding::valid;
  if (*word == "same" || *word == "same_lower") return Padding::same;
  if (*word == "custom") return Padding::custom;
  return std::nullopt;
}

// Strides, dilations and paddings of the last `kernel.size()` dimensions.
std::optional<std::vector<Window>> windows(const OperationView& view,
                                           const std::vector<int64_t>& kernel, Padding padding) {
  const size_t count = kernel.size();
  const auto strides = parameters(view, "strides", count, 1);
  const auto dilations = parameters(view, "dilations", count, 1);
  const auto pad = padding == Padding::custom ? parameters(view, "pad", 2 * count, 0)
                                              : std::vector<int64_t>(2 * count, 0);
  if (!strides || !dilations || !pad) return std::nullopt;
  std::vector<Window> result;
  for (size_t i = 0; i < count; ++i) {
    const int64_t reach = product(difference(kernel[i], 1), (*dilations)[i]);
    result.push_back({sum(reach, 1), (*strides)[i], (*pad)[2 * i], (*pad)[2 * i + 1]});
  }
  return result;
}

// How many places a window has in `extent`. `ceil`: a last one may hang over the end; with `clip`
// not when it would begin beyond the input.
int64_t places(int64_t extent, const Window& window, bool ceil, bool clip) {
  const int64_t padded = sum(sum(extent, window.before), window.after);
  const int64_t room = difference(padded, window.extent);
  if (!ceil) return sum(quotient(room, window.stride), 1);
  int64_t count = sum(quotient_up(room, window.stride), 1);
  // A window larger than the input hangs over too.
  const int64_t overhang = difference(window.extent, padded);
  if (is_open(room) && !is_open(overhang) && overhang < window.stride) count = 1;
  const int64_t last = product(difference(count, 1), window.stride);
  const bool beyond = !is_open(last) && last >= sum(extent, window.before);
  return clip && beyond ? difference(count, 1) : count;
}

// x with the number of the window's places in each of its last dimensions.
std::optional<Shape> slid(const OperationView& view, const std::vector<int64_t>& kernel,
                          bool ceil) {
  const TensorType* x = ranked(view, "x");
  const auto padding = padding_of(view);
  if (x == nullptr || !padding || x->shape.size() < kernel.size()) return std::nullopt;
  const auto each = windows(view, kernel, *padding);
  if (!each) return std::nullopt;
  // The format of old networks clips when any dimension is padded, coremltools looks at each.
  const auto padded = [](const Window& window) { return window.before > 0 || window.after > 0; };
  const bool all = view.function().old_network && std::any_of(each->begin(), each->end(), padded);
  Shape shape = x->shape;
  for (size_t i = 0; i < kernel.size(); ++i) {
    const Window& window = (*each)[i];
    int64_t& extent = shape[shape.size() - kernel.size() + i];
    extent = *padding == Padding::same ? quotient_up(extent, window.stride)
                                       : places(extent, window, ceil, all || padded(window));
  }
  return shape;
}

}  // namespace

ResultTypes conv_shape(const OperationView& view) {
  const TensorType* x = ranked(view, "x");
  const TensorType* weight = ranked(view, "weight");
  if (x == nullptr || weight == nullptr || weight->shape.size() < 3) return {};
  const std::vector<int64_t> kernel(weight->shape.begin() + 2, weight->shape.end());
  if (x->shape.size() <= kernel.size()) return {};
  auto shape = slid(view, kernel, false);
  if (!shape) return {};
  (*shape)[shape->size() - kernel.size() - 1] = weight->shape[0];
  return result_of(x->dtype, std::move(*shape));
}

ResultTypes conv_transpose_shape(const OperationView& view) {
  const TensorType* x = ranked(view, "x");
  const TensorType* weight = ranked(view, "weight");
  const auto padding = padding_of(view);
  const auto groups = parameter(view, "groups", 1);
  if (x == nullptr || weight == nullptr || weight->shape.size() < 3 || !padding || !groups) {
    return {};
  }
  const std::vector<int64_t> kernel(weight->shape.begin() + 2, weight->shape.end());
  const size_t rank = x->shape.size();
  if (rank <= kernel.size()) return {};
  Shape shape = x->shape;
  shape[rank - kernel.size() - 1] = product(weight->shape[1], *groups);

  if (given(view, "output_shape")) {  // of all dimensions, or of the spatial ones
    const auto asked = view.integers("output_shape");
    if (!asked || asked->size() > rank || asked->size() < kernel.size()) return {};
    for (size_t i = 0; i < kernel.size(); ++i) {
      shape[rank - 1 - i] = extent_of(std::optional((*asked)[asked->size() - 1 - i]));
    }
    return result_of(x->dtype, std::move(shape));
  }

  const auto each = windows(view, kernel, *padding);
  if (!each) return {};
  for (size_t i = 0; i < kernel.size(); ++i) {
    int64_t& extent = shape[rank - kernel.size() + i];
    const Window& window = (*each)[i];
    if (window.stride < 1) {
      extent = kAnyExtent;
    } else if (*padding == Padding::same) {
      extent = product(extent, window.stride);
    } else {
      const int64_t reach = sum(product(difference(extent, 1), window.stride), window.extent);
      extent = difference(difference(reach, window.before), window.after);
    }
  }
  return result_of(x->dtype, std::move(shape));
}

ResultTypes pool_shape(const OperationView& view) {
  const auto kernel = view.integers("kernel_sizes");
  const auto ceil = flag(view, "ceil_mode", false);
  if (!kernel || kernel->empty() || !ceil) return {};
  auto shape = slid(view, *kernel, *ceil);
  return shape ? result_of(view.type("x")->dtype, std::move(*shape)) : ResultTypes{};
}

ResultTypes sliding_windows_shape(const OperationView& view) {
  const TensorType* x = ranked(view, "x");
  const auto axis = view.integer("axis");
  const auto stride = parameter(view, "stride", 1);
  const auto at = x != nullptr && axis ? axis_index(*axis, x->shape.size()) : std::nullopt;
  if (!at) return {};
  const int64_t size = extent_of(view.integer("size"));
  Shape shape = x->shape;
  shape[*at] = sum(quotient(difference(shape[*at], size), stride.value_or(0)), 1);
  shape.insert(shape.begin() + static_cast<std::ptrdiff_t>(*at) + 1, size);
  return result_of(x->dtype, std::move(shape));
}

}  // namespace anemon::models
