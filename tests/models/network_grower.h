// Random networks of the commonest operations, with what the reference counts for each.
#pragma once

#include <vector>

#include "models/graph/model.h"
#include "tests/models/reference_costs.h"

namespace anemon::models::test {

struct GrownNetwork {
  Model model;
  std::vector<ReferenceCost> expected;  // by operation
};

// Each operation takes values that exist. Nothing but the inputs states a shape: inference has to
// find them. The same seed gives the same network.
GrownNetwork grow_network(unsigned seed, size_t operations);

}  // namespace anemon::models::test
