// What is said of an output besides its numbers.
#pragma once

#include "profiler/engine.h"
#include "profiler/runner/protocol.h"

namespace anemon::profiler {

// Without any numbers yet. Mean and root mean square are of the finite elements.
Results summary(const FeatureValue& value);

}  // namespace anemon::profiler
