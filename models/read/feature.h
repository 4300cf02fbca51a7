// One FeatureDescription: a name and a type with its flexibility.
#pragma once

#include "models/graph/model.h"
#include "models/read/budget.h"
#include "models/read/oddity_log.h"
#include "models/read/wire.h"

namespace anemon::models {

// The default shape of an array that states none is its first enumerated one or its least. An array
// without any shape is not ranked. Ranges that leave nothing open, or a single enumerated shape,
// are fixed. What is flexible in another rank than the default shape is an oddity and left out.
Feature read_feature(Bytes message, Budget& budget, OddityLog& oddities);

// Decides the default shape and what is flexible, as above, where the file has been read already.
void settle_flexibility(Feature& feature, OddityLog& oddities);

}  // namespace anemon::models
