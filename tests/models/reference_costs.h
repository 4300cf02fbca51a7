// What operations multiply and compute, counted by going through the motions: every output element
// and every position of its window is visited. Slow and plain; written from the descriptions of the
// operations, not from models/analysis/, against which it is held.
#pragma once

#include <cstdint>
#include <vector>

#include "models/graph/function.h"

namespace anemon::models::test {

struct ReferenceCost {
  uint64_t macs = 0;
  uint64_t flops = 0;
  std::vector<Shape> results;
};

// `shapes`: of all operands, by ValueId. Throws std::logic_error for an operation it does not know.
ReferenceCost reference_cost(const Function& function, const Operation& operation,
                             const std::vector<Shape>& shapes);

}  // namespace anemon::models::test
