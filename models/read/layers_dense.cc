// Layers that multiply with matrices, or look rows of one up.
#include <utility>

#include "models/read/layer_tables.h"

namespace anemon::models {

namespace {

// One matrix [out, in] with a bias. `axis` is an argument of the operation: where `in` is in x, or
// where the rows that are looked up go.
void lower_matrix(Lowering& layer, const char* axis, int64_t where) {
  const LayerFields& fields = layer.fields();
  const int64_t out = fields.extent(2);
  layer.operand("x", 0);
  layer.required_weight("weight", 20, {out, fields.extent(1)});
  layer.weight("bias", fields, 21, {out});
  layer.integer(axis, where);
}

}  // namespace

void lower_inner_product(Lowering& layer) { lower_matrix(layer, "channel_axis", -3); }

void lower_embedding(Lowering& layer) { lower_matrix(layer, "axis", -3); }

void lower_embedding_nd(Lowering& layer) { lower_matrix(layer, "axis", -1); }

void lower_batched_matmul(Lowering& layer) {
  const LayerFields& fields = layer.fields();
  layer.operand("x", 0);
  if (layer.inputs() > 1) {
    layer.operand("y", 1);
    layer.flag("transpose_x", fields.flag(1));
    layer.flag("transpose_y", fields.flag(2));
    return;
  }
  // A matrix [X1,X2] by columns is MIL's [Dout,Din] by rows.
  layer.type("linear");
  const int64_t out = fields.extent(6);
  layer.required_weight("weight", 8, {out, fields.extent(5)});
  layer.weight("bias", fields, 9, {out});
}

void lower_dot(Lowering& layer) {
  layer.operand("x", 0);
  layer.operand("y", 1);
  layer.flag("cosine", layer.fields().flag(1));
}

}  // namespace anemon::models
