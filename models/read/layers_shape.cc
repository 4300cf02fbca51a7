// Layers that move data: shapes, orders of dimensions, joining and parting.
#include <algorithm>
#include <utility>

#include "models/read/layer_tables.h"

namespace anemon::models {
namespace {

const char* data_order(int64_t mode) { return mode == 1 ? "channel_last" : "channel_first"; }

}  // namespace

void lower_flatten(Lowering& layer) {
  layer.operand("x", 0);
  layer.text("mode", data_order(layer.fields().integer(1)));
}

void lower_reshape(Lowering& layer) {
  const LayerFields& fields = layer.fields();
  // [C,H,W] or [sequence,C,H,W]; the batch, and a sequence not given, are kept: 0 in MIL.
  std::vector<int64_t> shape = fields.integers(1);
  if (shape.size() == 4) {
    shape.insert(shape.begin() + 1, 0);
  } else if (shape.size() < 5) {
    shape.insert(shape.begin(), 5 - shape.size(), 0);
  }
  layer.operand("x", 0);
  layer.integers("shape", shape);
  if (fields.integer(2) == 1) layer.text("mode", data_order(1));
}

void lower_permute(Lowering& layer) {
  // The four axes are sequence, C, H and W; between the first two stands the batch, which stays.
  std::vector<int64_t> perm = {0, 1, 2, 3, 4};
  const Shape axes = layer.fields().extents(1);
  for (size_t i = 0; i < axes.size() && axes.size() == 4; ++i) {
    perm[i == 0 ? 0 : i + 1] = axes[i] == 0 ? 0 : axes[i] + 1;
  }
  layer.operand("x", 0);
  layer.integers("perm", perm);
}

void lower_transpose(Lowering& layer) {
  layer.operand("x", 0);
  layer.integers("perm", layer.fields().extents(1));
}

void lower_concat(Lowering& layer) {
  layer.operands("values");
  layer.integer("axis", layer.fields().flag(100) ? -5 : -3);
  layer.flag("interleave", false);
}

void lower_concat_nd(Lowering& layer) {
  layer.operands("values");
  layer.integer("axis", layer.fields().integer(1));
  layer.flag("interleave", layer.fields().flag(2));
}

void lower_stack(Lowering& layer) {
  layer.operands("values");
  layer.integer("axis", layer.fields().integer(1));
}

void lower_split(Lowering& layer) {
  layer.operand("x", 0);
  layer.integer("axis", -3);
  layer.integer("num_splits", layer.fields().extent(1));
}

void lower_split_nd(Lowering& layer) {
  const LayerFields& fields = layer.fields();
  layer.operand("x", 0);
  layer.integer("axis", fields.integer(1));
  const Shape sizes = fields.extents(3);
  if (sizes.empty()) {
    layer.integer("num_splits", fields.extent(2));
  } else {
    layer.integers("split_sizes", sizes);
  }
}

void lower_sequence_repeat(Lowering& layer) {
  layer.operand("x", 0);
  layer.integers("reps", {layer.fields().extent(1), 1, 1, 1, 1});
}

void lower_tile(Lowering& layer) {
  layer.operand("x", 0);
  if (!layer.optional_operand("reps", 1)) layer.integers("reps", layer.fields().extents(1));
}

void lower_squeeze(Lowering& layer) {
  layer.operand("x", 0);
  if (!layer.fields().flag(2)) layer.integers("axes", layer.fields().integers(1));
}

void lower_expand_dims(Lowering& layer) {
  layer.operand("x", 0);
  layer.integers("axes", layer.fields().integers(1));
}

void lower_flatten_to_2d(Lowering& layer) {
  layer.operand("x", 0);
  layer.integer("axis", layer.fields().integer(1));
}

void lower_like(Lowering& layer) {
  layer.operand("x", 0);
  layer.operand("reference", 1);
}

void lower_to_shape(Lowering& layer) {
  layer.operand("x", 0);
  layer.integers("shape", layer.fields().integers(1));
}

void lower_to_dynamic_shape(Lowering& layer) {
  layer.operand("x", 0);
  layer.operand("shape", 1);
}

void lower_constant_pad(Lowering& layer) {
  const LayerFields& fields = layer.fields();
  layer.operand("x", 0);
  if (fields.flag(3)) {
    layer.type("constantPad");
    if (!layer.optional_operand("sizes", 1)) layer.integers("sizes", fields.extents(2));
  } else {
    if (!layer.optional_operand("pad", 1)) layer.integers("pad", fields.extents(2));
    layer.text("mode", "constant");
  }
  layer.number("constant_val", fields.number(1));
}

void lower_reverse(Lowering& layer) {
  layer.operand("x", 0);
  std::vector<int64_t> axes;
  const std::vector<int64_t> reversed = layer.fields().integers(1);
  for (size_t i = 0; i < reversed.size(); ++i) {
    if (reversed[i] != 0) axes.push_back(static_cast<int64_t>(i));
  }
  layer.integers("axes", axes);
}

void lower_reverse_sequence(Lowering& layer) {
  layer.operand("x", 0);
  layer.operand("lengths", 1);
  layer.integer("batch_axis", layer.fields().integer(1));
  layer.integer("seq_axis", layer.fields().integer(2));
}

void lower_sliding_windows(Lowering& layer) {
  layer.operand("x", 0);
  layer.integer("axis", layer.fields().integer(1));
  layer.integer("size", layer.fields().extent(2));
  layer.integer("stride", layer.fields().extent(3));
}

}  // namespace anemon::models
