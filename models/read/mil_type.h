// MILSpec ValueType: the type of a value of an ML program. Source: Core ML's MIL.proto.
#pragma once

#include "models/graph/function.h"
#include "models/read/budget.h"
#include "models/read/wire.h"

namespace anemon::models {

// A dimension that may stand for several, or dimensions that do not match the rank, leave the
// tensor unranked.
ValueType read_value_type(Bytes message, Budget& budget);

}  // namespace anemon::models
