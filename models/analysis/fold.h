// Small tensors computed from shapes: target shapes, axes, sizes. Without their elements the
// dimensions of dynamic models could not be followed.
#pragma once

#include <optional>
#include <vector>

#include "models/analysis/operation_kind.h"

namespace anemon::models {

// The elements of the first result, as many as `result` has and NaN where not known; none when the
// operation is not folded, too large, or nothing is known of it.
std::optional<std::vector<double>> fold(const OperationView& view, const TensorType& result);

}  // namespace anemon::models
