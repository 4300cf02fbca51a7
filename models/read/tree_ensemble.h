// Tree ensembles, measured.
#pragma once

#include <vector>

#include "models/graph/model.h"
#include "models/read/wire.h"

namespace anemon::models {

// `message`: a TreeEnsembleParameters. Children that are missing, nodes given twice and cycles,
// which no prediction would leave, are oddities. Depth counts comparisons.
TreeEnsemble read_tree_ensemble(Bytes message, std::vector<Oddity>& oddities);

}  // namespace anemon::models
