#include "models/analysis/operand.h"

namespace anemon::models {

// y, then the last states: MIL's [S,B,dirs*H] and [B,dirs*H] each, or in old networks
// [S,B,dirs*H,1,1] and [1,B,H,1,1] for each direction.
ResultTypes recurrent_shape(const OperationView& view) {
  const TensorType* x = ranked(view, "x");
  const TensorType* recursion = ranked(view, "weight_hh");
  if (x == nullptr) return {};
  const bool old = x->shape.size() == 5;
  if (!old && x->shape.size() != 3) return {};

  int64_t hidden = kAnyExtent;
  if (given(view, "hidden_size")) {
    hidden = extent_of(view.integer("hidden_size"));
  } else if (recursion != nullptr && recursion->shape.size() == 2) {
    hidden = recursion->shape[1];
  }
  const auto direction = view.text("direction");
  const int64_t width = direction == "bidirectional" ? product(hidden, 2) : hidden;
  const auto whole = flag(view, "output_sequence", false);
  const int64_t steps = !whole ? kAnyExtent : *whole ? x->shape[0] : 1;
  const int64_t batch = x->shape[1];

  const Shape y = old ? Shape{steps, batch, width, 1, 1} : Shape{steps, batch, width};
  const Shape state = old ? Shape{1, batch, hidden, 1, 1} : Shape{batch, width};
  ResultTypes results(view.operation().results.size(), TensorType{x->dtype, true, state});
  if (!results.empty()) results.front().shape = y;
  return results;
}

}  // namespace anemon::models
