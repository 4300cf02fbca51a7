#include <cmath>

#include "models/analysis/operand.h"

namespace anemon::models {
namespace {

// x with other last two dimensions.
ResultTypes with_size(const OperationView& view, int64_t height, int64_t width) {
  const TensorType* x = ranked(view, "x");
  if (x == nullptr || x->shape.size() < 2) return {};
  Shape shape = x->shape;
  shape[shape.size() - 2] = height;
  shape[shape.size() - 1] = width;
  return result_of(x->dtype, std::move(shape));
}

int64_t scaled(const OperationView& view, std::string_view factor, int64_t extent) {
  if (!given(view, factor)) return extent;
  const auto scale = view.elements(factor, 1);
  if (is_open(extent) || !scale || scale->empty()) return kAnyExtent;
  return extent_of(std::floor(scale->front() * static_cast<double>(extent)));
}

int64_t block_size(const OperationView& view) {
  for (const char* name : {"block_size", "upscale_factor", "downscale_factor"}) {
    if (given(view, name)) return extent_of(view.integer(name));
  }
  return kAnyExtent;
}

// The pairs of `block_shape` and `margins` for the last two dimensions.
struct Blocks {
  std::vector<int64_t> size, margins;
};

std::optional<Blocks> blocks_of(const OperationView& view, std::string_view margins) {
  const auto size = view.integers("block_shape");
  const auto around = view.integers(margins);
  if (!size || size->size() != 2 || !around || around->size() != 4) return std::nullopt;
  return Blocks{*size, *around};
}

}  // namespace

ResultTypes upsample_shape(const OperationView& view) {
  const TensorType* x = ranked(view, "x");
  if (x == nullptr || x->shape.size() < 2) return {};
  return with_size(view, scaled(view, "scale_factor_height", x->shape[x->shape.size() - 2]),
                   scaled(view, "scale_factor_width", x->shape.back()));
}

ResultTypes resize_to_shape(const OperationView& view) {
  return with_size(view, extent_of(parameter(view, "target_size_height", 1)),
                   extent_of(parameter(view, "target_size_width", 1)));
}

// The last `resized_dims` elements of `shape` are the last dimensions; 0 keeps one.
ResultTypes resize_shape(const OperationView& view) {
  const TensorType* x = ranked(view, "x");
  const auto count = view.integer("resized_dims");
  if (x == nullptr || !count || *count < 0 || static_cast<uint64_t>(*count) > x->shape.size()) {
    return {};
  }
  const auto resized = static_cast<size_t>(*count);
  const auto target = view.elements("shape");
  if (target && target->size() < resized) return {};
  Shape shape = x->shape;
  for (size_t i = 1; i <= resized; ++i) {
    int64_t& extent = shape[shape.size() - i];
    const double asked = target ? (*target)[target->size() - i] : NAN;
    if (asked != 0) extent = extent_of(asked);
  }
  return result_of(x->dtype, std::move(shape));
}

ResultTypes crop_resize_shape(const OperationView& view) {
  const TensorType* x = ranked(view, "x");
  if (x == nullptr || x->shape.size() < 3) return {};
  const int64_t height = extent_of(parameter(view, "target_height", 1));
  const int64_t width = extent_of(parameter(view, "target_width", 1));
  const int64_t channels = x->shape[x->shape.size() - 3];
  if (const TensorType* boxes = ranked(view, "boxes")) {  // from iOS17
    if (boxes->shape.empty()) return {};
    return result_of(x->dtype, {boxes->shape[0], channels, height, width});
  }
  const TensorType* roi = ranked(view, "roi");
  if (roi == nullptr || roi->shape.size() < 3 || x->shape.size() < 4) return {};
  // Old networks: a box of five numbers names the image of the batch it is cut from.
  const bool one_image = view.function().old_network && roi->shape[roi->shape.size() - 3] == 5;
  const int64_t batch = one_image ? 1 : x->shape[x->shape.size() - 4];
  return result_of(x->dtype, {roi->shape[0], batch, channels, height, width});
}

ResultTypes affine_shape(const OperationView& view) {
  return with_size(view, extent_of(view.integer("output_height")),
                   extent_of(view.integer("output_width")));
}

ResultTypes resample_shape(const OperationView& view) {
  const TensorType* places = ranked(view, "coordinates");
  if (places == nullptr || places->shape.size() != 4) return {};
  return with_size(view, places->shape[1], places->shape[2]);
}

ResultTypes depth_to_space_shape(const OperationView& view) {
  const TensorType* x = ranked(view, "x");
  if (x == nullptr || x->shape.size() < 3) return {};
  const int64_t block = block_size(view);
  Shape shape = x->shape;
  const size_t channel = shape.size() - 3;
  shape[channel] = quotient(shape[channel], product(block, block));
  shape[channel + 1] = product(shape[channel + 1], block);
  shape[channel + 2] = product(shape[channel + 2], block);
  return result_of(x->dtype, std::move(shape));
}

ResultTypes space_to_depth_shape(const OperationView& view) {
  const TensorType* x = ranked(view, "x");
  if (x == nullptr || x->shape.size() < 3) return {};
  const int64_t block = block_size(view);
  Shape shape = x->shape;
  const size_t channel = shape.size() - 3;
  shape[channel] = product(shape[channel], product(block, block));
  shape[channel + 1] = quotient(shape[channel + 1], block);
  shape[channel + 2] = quotient(shape[channel + 2], block);
  return result_of(x->dtype, std::move(shape));
}

ResultTypes space_to_batch_shape(const OperationView& view) {
  const TensorType* x = ranked(view, "x");
  const auto blocks = blocks_of(view, "paddings");
  if (x == nullptr || x->shape.size() < 4 || !blocks) return {};
  Shape shape = x->shape;
  const size_t rank = shape.size();
  for (size_t i = 0; i < 2; ++i) {
    int64_t& extent = shape[rank - 2 + i];
    extent = sum(extent, sum(blocks->margins[2 * i], blocks->margins[2 * i + 1]));
    extent = quotient(extent, blocks->size[i]);
    shape[rank - 4] = product(shape[rank - 4], blocks->size[i]);
  }
  return result_of(x->dtype, std::move(shape));
}

ResultTypes batch_to_space_shape(const OperationView& view) {
  const TensorType* x = ranked(view, "x");
  const auto blocks = blocks_of(view, "crops");
  if (x == nullptr || x->shape.size() < 4 || !blocks) return {};
  Shape shape = x->shape;
  const size_t rank = shape.size();
  for (size_t i = 0; i < 2; ++i) {
    int64_t& extent = shape[rank - 2 + i];
    extent = product(extent, blocks->size[i]);
    extent = difference(extent, sum(blocks->margins[2 * i], blocks->margins[2 * i + 1]));
    shape[rank - 4] = exact_quotient(shape[rank - 4], blocks->size[i]);
  }
  return result_of(x->dtype, std::move(shape));
}

}  // namespace anemon::models
