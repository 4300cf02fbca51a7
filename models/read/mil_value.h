// MILSpec Value: a constant of an ML program, written in place or in a weight file.
// Source: Core ML's MIL.proto.
#pragma once

#include <string>

#include "models/graph/function.h"
#include "models/read/budget.h"
#include "models/read/oddity_log.h"
#include "models/read/weight_file.h"
#include "models/read/wire.h"

namespace anemon::models {

struct ProgramContext {
  Budget& budget;
  WeightFiles& weights;
  OddityLog& oddities;
};

// A value without a name. Tensors are constants; lists, tuples and dictionaries have their kind
// alone. Elements that are stored as the type says stay where they are; lists of integers, which
// are not, are unpacked when they are short. A long list in several parts is `missing`.
// `operation`: who has the value, for oddities.
Value read_value(Bytes message, const std::string& operation, ProgramContext& context);

}  // namespace anemon::models
