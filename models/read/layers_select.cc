// Layers that take part of a tensor or put it back: slices, gather, scatter, order.
#include <iterator>
#include <utility>

#include "models/read/layer_tables.h"

namespace anemon::models {
namespace {

void scatter_mode(Lowering& layer, uint32_t field) {
  constexpr const char* kModes[] = {"update", "add", "sub", "mul", "div", "max", "min"};
  const int64_t mode = layer.fields().integer(field);
  layer.text("mode", mode >= 0 && mode < std::ssize(kModes) ? kModes[mode] : kModes[0]);
}

// A parameter that an input may replace.
void input_or_integers(Lowering& layer, const char* name, size_t input, uint32_t field) {
  if (!layer.optional_operand(name, input)) layer.integers(name, layer.fields().integers(field));
}
void input_or_flags(Lowering& layer, const char* name, size_t input, uint32_t field) {
  if (layer.optional_operand(name, input)) return;
  const std::vector<int64_t> masks = layer.fields().integers(field);
  if (!masks.empty()) layer.flags(name, masks);
}

}  // namespace

void lower_slice(Lowering& layer) {
  const LayerFields& fields = layer.fields();
  layer.operand("x", 0);
  layer.integer("axis", fields.integer(4) - 3);  // channel, height, width
  layer.integer("begin", fields.integer(1));
  layer.integer("end", fields.integer(2));
  const int64_t stride = fields.extent(3);
  layer.integer("stride", stride == 0 ? 1 : stride);
}

void lower_slice_static(Lowering& layer) {
  constexpr size_t kNone = 100;  // no input replaces any of these
  const LayerFields& fields = layer.fields();
  layer.operand("x", 0);
  layer.integers("begin", fields.integers(1));
  layer.integers("end", fields.integers(3));
  layer.integers("stride", fields.integers(5));
  input_or_flags(layer, "begin_mask", kNone, 2);
  input_or_flags(layer, "end_mask", kNone, 4);
  input_or_flags(layer, "squeeze_mask", kNone, 6);
}

void lower_slice_dynamic(Lowering& layer) {
  layer.operand("x", 0);
  layer.operand("begin", 1);
  input_or_integers(layer, "end", 2, 3);
  input_or_integers(layer, "stride", 3, 5);
  input_or_flags(layer, "begin_mask", 4, 2);
  input_or_flags(layer, "end_mask", 5, 4);
  input_or_flags(layer, "squeeze_mask", 6, 6);
}

void lower_slice_by_size(Lowering& layer) {
  layer.operand("x", 0);
  layer.operand("begin", 1);
  layer.integer("axis", layer.fields().integer(3));
  layer.integer("size", layer.fields().extent(2));
}

void lower_gather(Lowering& layer) {
  layer.operand("x", 0);
  layer.operand("indices", 1);
  layer.integer("axis", layer.fields().integer(1));
}

void lower_gather_nd(Lowering& layer) {
  layer.operand("x", 0);
  layer.operand("indices", 1);
}

void lower_scatter(Lowering& layer) {
  layer.operand("data", 0);
  layer.operand("indices", 1);
  layer.operand("updates", 2);
  layer.integer("axis", layer.fields().integer(1));
  scatter_mode(layer, 2);
}

void lower_scatter_nd(Lowering& layer) {
  layer.operand("data", 0);
  layer.operand("indices", 1);
  layer.operand("updates", 2);
  scatter_mode(layer, 1);
}

void lower_top_k(Lowering& layer) {
  const LayerFields& fields = layer.fields();
  layer.operand("x", 0);
  if (!layer.optional_operand("k", 1)) layer.integer("k", fields.extent(2));
  layer.integer("axis", fields.integer(1));
  layer.flag("ascending", fields.flag(3));
}

void lower_arg_sort(Lowering& layer) {
  layer.operand("x", 0);
  layer.integer("axis", layer.fields().integer(1));
  layer.flag("ascending", !layer.fields().flag(2));
}

void lower_arg_extreme(Lowering& layer) {
  layer.operand("x", 0);
  layer.integer("axis", layer.fields().integer(1));
  layer.flag("keep_dims", !layer.fields().flag(2));
}

void lower_reduce(Lowering& layer) {
  constexpr const char* kModes[] = {
      "reduce_sum",     "reduce_mean",    "reduce_prod", "reduce_log_sum", "reduce_sum_square",
      "reduce_l1_norm", "reduce_l2_norm", "reduce_max",  "reduce_min",     "reduce_argmax"};
  const LayerFields& fields = layer.fields();
  const int64_t mode = fields.integer(1);
  layer.operand("x", 0);
  if (mode < 0 || mode >= std::ssize(kModes)) {
    layer.oddity(Oddity::Kind::other,
                 "reduces by a way of unknown number, " + std::to_string(mode));
    return;
  }
  layer.type(kModes[mode]);
  const int64_t axis = fields.integer(3);
  const bool single = axis >= 2 && axis <= 4;  // C, H, W
  if (mode == 9) {
    layer.integer("axis", single ? axis - 5 : -3);
  } else if (single) {
    layer.integers("axes", {axis - 5});
  } else if (axis == 1) {
    layer.integers("axes", {-2, -1});
  } else {
    layer.integers("axes", {-3, -2, -1});
  }
  if (mode == 3) layer.number("epsilon", fields.number(2));
  layer.flag("keep_dims", true);
}

void lower_reduce_nd(Lowering& layer) {
  const LayerFields& fields = layer.fields();
  layer.operand("x", 0);
  const std::vector<int64_t> axes = fields.integers(1);
  if (!fields.flag(3) && !axes.empty()) layer.integers("axes", axes);
  layer.flag("keep_dims", fields.flag(2));
}

void lower_cumulative_sum(Lowering& layer) {
  const LayerFields& fields = layer.fields();
  layer.operand("x", 0);
  if (!layer.optional_operand("axis", 1)) layer.integer("axis", fields.integer(1));
  layer.flag("exclusive", fields.flag(2));
  layer.flag("reverse", fields.flag(3));
}

void lower_band_part(Lowering& layer) {
  layer.operand("x", 0);
  layer.integer("lower", layer.fields().integer(1));
  layer.integer("upper", layer.fields().integer(2));
}

// Diagonals on the other side of the main one have no counterpart: there band_part's counts would
// be negative, which to it means all.
void lower_lower_triangular(Lowering& layer) {
  const int64_t k = layer.fields().integer(1);
  layer.operand("x", 0);
  if (k < 0) {
    layer.type("lowerTriangular");
    layer.integer("k", k);
    return;
  }
  layer.integer("lower", -1);
  layer.integer("upper", k);
}

void lower_upper_triangular(Lowering& layer) {
  const int64_t k = layer.fields().integer(1);
  layer.operand("x", 0);
  if (k > 0 || k < -kLargestExtent) {
    layer.type("upperTriangular");
    layer.integer("k", k);
    return;
  }
  layer.integer("lower", -k);
  layer.integer("upper", -1);
}

void lower_non_maximum_suppression(Lowering& layer) {
  const LayerFields& fields = layer.fields();
  layer.operand("boxes", 0);
  layer.operand("scores", 1);
  if (!layer.optional_operand("iou_threshold", 2)) layer.number("iou_threshold", fields.number(1));
  if (!layer.optional_operand("score_threshold", 3)) {
    layer.number("score_threshold", fields.number(2));
  }
  if (!layer.optional_operand("max_boxes", 4)) layer.integer("max_boxes", fields.extent(3));
  layer.flag("per_class_suppression", fields.flag(4));
}

}  // namespace anemon::models
