// Layers over the last two or three dimensions: convolution, pooling, resizing, borders.
#include <algorithm>
#include <iterator>
#include <utility>

#include "models/read/layer_tables.h"

namespace anemon::models {
namespace {

Shape defaulted(Shape extents, size_t count, int64_t otherwise) {
  if (extents.empty()) extents.assign(count, otherwise);
  return extents;
}

// BorderAmounts, height then width, as MIL's [top, bottom, left, right].
std::vector<int64_t> borders(const LayerFields& amounts) {
  std::vector<int64_t> result;
  for (const LayerFields& edge : amounts.messages(10, "EdgeSizes")) {
    result.push_back(edge.extent(1));
    result.push_back(edge.extent(2));
  }
  result.resize(std::max<size_t>(result.size(), 4), 0);
  return result;
}

void custom_or_valid(Lowering& layer, const std::vector<int64_t>& pad) {
  const bool any = std::any_of(pad.begin(), pad.end(), [](int64_t each) { return each != 0; });
  layer.text("pad_type", any ? "custom" : "valid");
  layer.integers("pad", pad);
}

void padding_arguments(Lowering& layer, uint32_t valid, uint32_t same) {
  const LayerFields& fields = layer.fields();
  if (fields.last_of({valid, same}) == same) {
    const bool top_left = fields.message(same, "SamePadding").integer(1) == 1;
    layer.text("pad_type", top_left ? "same_lower" : "same");
    layer.integers("pad", {0, 0, 0, 0});
    return;
  }
  custom_or_valid(layer,
                  borders(fields.message(valid, "ValidPadding").message(1, "BorderAmounts")));
}

// A field of the three-dimensional layers, where 0 and absent mean the default.
int64_t positive(const LayerFields& fields, uint32_t number, int64_t otherwise) {
  const int64_t value = fields.extent(number);
  return value == 0 ? otherwise : value;
}

void padding3d_arguments(Lowering& layer, uint32_t type, uint32_t front) {
  const LayerFields& fields = layer.fields();
  std::vector<int64_t> pad(6, 0);
  switch (fields.integer(type)) {
    case 1:
      layer.text("pad_type", "valid");
      break;
    case 2:
      layer.text("pad_type", "same");
      break;
    default:
      for (uint32_t i = 0; i < pad.size(); ++i) pad[i] = fields.extent(front + i);
      custom_or_valid(layer, pad);
      return;
  }
  layer.integers("pad", pad);
}

void convolution_arguments(Lowering& layer, bool transposed, const Shape& kernel, int64_t out,
                           int64_t channels, int64_t groups, uint32_t weights, uint32_t bias) {
  layer.type(transposed ? "conv_transpose" : "conv");
  layer.operand("x", 0);
  Shape shape;
  shape.push_back(transposed ? channels : out);
  shape.push_back(transposed ? out / groups : channels);
  shape.insert(shape.end(), kernel.begin(), kernel.end());
  if (layer.inputs() > 1 && !layer.fields().has(weights)) {
    layer.operand("weight", 1);
  } else {
    layer.required_weight("weight", weights, std::move(shape));
  }
  layer.weight("bias", layer.fields(), bias, {out});
}

}  // namespace

void lower_convolution(Lowering& layer) {
  const LayerFields& fields = layer.fields();
  const int64_t groups = positive(fields, 10, 1);
  const bool transposed = fields.flag(60);
  convolution_arguments(layer, transposed, defaulted(fields.extents(20), 2, 3), fields.extent(1),
                        fields.extent(2), groups, 90, 91);
  layer.integers("strides", defaulted(fields.extents(30), 2, 1));
  padding_arguments(layer, 50, 51);
  layer.integers("dilations", defaulted(fields.extents(40), 2, 1));
  layer.integer("groups", groups);
  const Shape output = fields.extents(100);
  if (transposed && !output.empty()) layer.integers("output_shape", output);
}

void lower_convolution3d(Lowering& layer) {
  const LayerFields& fields = layer.fields();
  const int64_t groups = positive(fields, 10, 1);
  const bool transposed = fields.flag(86);
  const Shape kernel = {positive(fields, 20, 3), positive(fields, 21, 3), positive(fields, 22, 3)};
  // inputChannels counts those of all groups, unlike kernelChannels of the two-dimensional layer.
  const int64_t in = fields.extent(2);
  convolution_arguments(layer, transposed, kernel, fields.extent(1), transposed ? in : in / groups,
                        groups, 60, 61);
  layer.integers("strides",
                 {positive(fields, 31, 1), positive(fields, 32, 1), positive(fields, 33, 1)});
  padding3d_arguments(layer, 70, 80);
  layer.integers("dilations",
                 {positive(fields, 40, 1), positive(fields, 41, 1), positive(fields, 42, 1)});
  layer.integer("groups", groups);
  const Shape output = fields.extents(87);
  if (transposed && !output.empty()) layer.integers("output_shape", output);
}

void lower_pooling(Lowering& layer) {
  const LayerFields& fields = layer.fields();
  const int64_t type = fields.integer(1);
  layer.operand("x", 0);
  if (fields.flag(60)) {
    layer.type(type == 1 ? "reduce_mean" : type == 2 ? "reduce_l2_norm" : "reduce_max");
    layer.integers("axes", {-2, -1});
    layer.flag("keep_dims", true);
    return;
  }
  layer.type(type == 1 ? "avg_pool" : type == 2 ? "l2_pool" : "max_pool");
  layer.integers("kernel_sizes", defaulted(fields.extents(10), 2, 3));
  layer.integers("strides", defaulted(fields.extents(20), 2, 1));
  if (fields.last_of({30, 31, 32}) == 32) {
    const Shape amounts = fields.message(32, "ValidCompletePadding").extents(10);
    const int64_t height = amounts.empty() ? 0 : amounts[0];
    const int64_t width = amounts.size() < 2 ? height : amounts[1];
    custom_or_valid(layer, {height, height, width, width});
    layer.flag("ceil_mode", true);
  } else {
    padding_arguments(layer, 30, 31);
    layer.flag("ceil_mode", false);
  }
  if (type == 1) layer.flag("exclude_padding_from_average", fields.flag(50));
}

void lower_pooling3d(Lowering& layer) {
  const LayerFields& fields = layer.fields();
  const bool average = fields.integer(1) == 1;
  layer.type(average ? "avg_pool" : "max_pool");
  layer.operand("x", 0);
  layer.integers("kernel_sizes",
                 {positive(fields, 2, 3), positive(fields, 3, 3), positive(fields, 4, 3)});
  layer.integers("strides",
                 {positive(fields, 5, 1), positive(fields, 6, 1), positive(fields, 7, 1)});
  padding3d_arguments(layer, 15, 8);
  layer.flag("ceil_mode", false);
  if (average) layer.flag("exclude_padding_from_average", fields.flag(14));
}

void lower_global_pooling3d(Lowering& layer) {
  layer.type(layer.fields().integer(1) == 1 ? "reduce_mean" : "reduce_max");
  layer.operand("x", 0);
  layer.integers("axes", {-3, -2, -1});
  layer.flag("keep_dims", true);
}

void lower_padding(Lowering& layer) {
  const LayerFields& fields = layer.fields();
  layer.operand("x", 0);
  layer.integers("pad", borders(fields.message(10, "BorderAmounts")));
  const uint32_t mode = fields.last_of({1, 2, 3});
  layer.text("mode", mode == 2 ? "reflect" : mode == 3 ? "replicate" : "constant");
  if (mode < 2) layer.number("constant_val", fields.message(1, "PaddingConstant").number(1));
}

void lower_crop(Lowering& layer) {
  layer.operand("x", 0);
  if (layer.inputs() > 1) {
    layer.type("crop_like");
    layer.operand("reference", 1);
    layer.integers("offset", defaulted(layer.fields().extents(5), 2, 0));
    return;
  }
  const std::vector<int64_t> amounts = borders(layer.fields().message(1, "BorderAmounts"));
  layer.integers("crop_height", {amounts[0], amounts[1]});
  layer.integers("crop_width", {amounts[2], amounts[3]});
}

void lower_upsample(Lowering& layer) {
  const LayerFields& fields = layer.fields();
  const bool bilinear = fields.integer(5) == 1;
  layer.type(bilinear ? "upsample_bilinear" : "upsample_nearest_neighbor");
  layer.operand("x", 0);
  std::vector<double> factors = fields.numbers(7);
  if (factors.size() < 2) {
    const Shape whole = defaulted(fields.extents(1), 2, 1);
    factors.clear();
    for (const int64_t factor : whole) factors.push_back(static_cast<double>(factor));
  }
  if (factors.size() < 2) factors.push_back(factors.front());
  layer.number("scale_factor_height", factors[0]);
  layer.number("scale_factor_width", factors[1]);
  // The format's default is a third rule, which MIL has no word for.
  const int64_t corners = fields.integer(6);
  if (bilinear && corners != 0) layer.flag("align_corners", corners == 1);
}

namespace {

void sampling_mode(Lowering& layer, uint32_t field) {
  constexpr const char* kModes[] = {"STRICT_ALIGN_CORNERS", "ALIGN_CORNERS", "DEFAULT",
                                    "OFFSET_CORNERS"};
  const int64_t mode = layer.fields().message(field, "SamplingMode").integer(1);
  layer.text("sampling_mode", mode >= 0 && mode < std::ssize(kModes) ? kModes[mode] : "DEFAULT");
}

// Height and width of the result; both 1 where the file gives none.
void target_size(Lowering& layer, const char* height, const char* width) {
  Shape size = defaulted(layer.fields().extents(1), 2, 1);
  size.resize(std::max<size_t>(size.size(), 2), size.front());
  layer.integer(height, size[0]);
  layer.integer(width, size[1]);
}

}  // namespace

void lower_resize_bilinear(Lowering& layer) {
  layer.operand("x", 0);
  target_size(layer, "target_size_height", "target_size_width");
  sampling_mode(layer, 2);
}

void lower_crop_resize(Lowering& layer) {
  constexpr const char* kBoxes[] = {"CORNERS_HEIGHT_FIRST", "CORNERS_WIDTH_FIRST",
                                    "CENTER_SIZE_HEIGHT_FIRST", "CENTER_SIZE_WIDTH_FIRST"};
  const LayerFields& fields = layer.fields();
  layer.operand("x", 0);
  layer.operand("roi", 1);
  target_size(layer, "target_height", "target_width");
  layer.flag("normalized_coordinates", fields.flag(2));
  layer.number("spatial_scale", fields.number(5, 1));
  const int64_t box = fields.message(4, "BoxCoordinatesMode").integer(1);
  layer.text("box_coordinate_mode", box >= 0 && box < std::ssize(kBoxes) ? kBoxes[box] : kBoxes[0]);
  sampling_mode(layer, 3);
}

void lower_reorganize_data(Lowering& layer) {
  const LayerFields& fields = layer.fields();
  const int64_t mode = fields.integer(1);
  layer.operand("x", 0);
  layer.type(mode == 1 ? "depth_to_space" : mode == 2 ? "pixel_shuffle" : "space_to_depth");
  layer.integer(mode == 2 ? "upscale_factor" : "block_size", fields.extent(2));
}

}  // namespace anemon::models
