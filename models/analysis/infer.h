// The types of all values of a function, at the shapes asked for.
#pragma once

#include <vector>

#include "models/analysis/analysis.h"
#include "models/analysis/operation_kind.h"

namespace anemon::models {

struct Inference {
  std::vector<ValueType> types;  // by ValueId; dimensions that cannot be known are kAnyExtent
  // Elements that are known before running (target shapes, axes) without being constants.
  KnownElements elements;
  // `operation` counts in file order, a block's operations after the one that holds it.
  std::vector<ShapeMismatch> mismatches;
};

// Inputs take the shape asked for in `shapes` by their name, else their default, else the least
// their range allows; names that are none of `interface`'s are not looked at. What the file states
// as fixed stands, and is compared with what follows from the operands; what it leaves open is
// filled in. Linear in the number of operations.
// Throws Error for a shape that its input does not take.
Inference infer(const Function& function, const Interface& interface, const InputShapes& shapes);

}  // namespace anemon::models
