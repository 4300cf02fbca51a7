// Models that are no networks, programs or pipelines: only their size and a few facts are read.
#pragma once

#include "models/graph/model.h"
#include "models/read/wire.h"

namespace anemon::models {

// `message`: what the model's oneof holds, of the kind that `model.kind` names. Fills `trees`,
// `linear`, `counts` and `details` as far as the kind has them; a kind without a row has none.
// Memory is bounded: at most two million tree nodes are looked at one by one, of more only the
// number is told. Throws WireError when the message is damaged.
void read_other_kind(Bytes message, Model& model);

}  // namespace anemon::models
