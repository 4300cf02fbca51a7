// Normalisations and softmax.
#include <utility>

#include "models/read/layer_tables.h"

namespace anemon::models {

void lower_batchnorm(Lowering& layer) {
  const LayerFields& fields = layer.fields();
  const int64_t channels = fields.extent(1);
  const bool instance = fields.flag(5) && fields.flag(6);
  layer.type(instance ? "instance_norm" : "batch_norm");
  layer.operand("x", 0);
  layer.weight("gamma", fields, 15, {channels});
  layer.weight("beta", fields, 16, {channels});
  if (!instance) {
    layer.weight("mean", fields, 17, {channels});
    layer.weight("variance", fields, 18, {channels});
  }
  layer.number("epsilon", fields.number(10));
  layer.integer("axis", -3);
}

void lower_mvn(Lowering& layer) {
  const LayerFields& fields = layer.fields();
  layer.type(fields.flag(2) ? "layer_norm" : "mvn");
  layer.operand("x", 0);
  if (fields.flag(1)) {
    layer.integers("axes", {-3, -2, -1});
  } else {
    layer.integers("axes", {-2, -1});
  }
  layer.number("epsilon", fields.number(3));
}

void lower_l2_normalize(Lowering& layer) {
  layer.operand("x", 0);
  layer.number("epsilon", layer.fields().number(1));
}

void lower_lrn(Lowering& layer) {
  const LayerFields& fields = layer.fields();
  layer.operand("x", 0);
  layer.integer("size", fields.extent(3));
  layer.number("alpha", fields.number(1));
  layer.number("beta", fields.number(2));
  layer.number("k", fields.number(4));
}

void lower_softmax(Lowering& layer) {
  layer.operand("x", 0);
  layer.integer("axis", -3);
}

void lower_softmax_nd(Lowering& layer) {
  layer.operand("x", 0);
  layer.integer("axis", layer.fields().integer(1));
}

void lower_layer_normalization(Lowering& layer) {
  const LayerFields& fields = layer.fields();
  const Shape normalised = fields.extents(1);
  layer.operand("x", 0);
  std::vector<int64_t> axes;
  for (auto axis = -static_cast<int64_t>(normalised.size()); axis < 0; ++axis) {
    axes.push_back(axis);
  }
  layer.integers("axes", axes);
  layer.weight("gamma", fields, 3, normalised);
  layer.weight("beta", fields, 4, normalised);
  layer.number("epsilon", fields.number(2));
}

}  // namespace anemon::models
