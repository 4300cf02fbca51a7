// What a model keeps from one prediction to the next (MLState, macOS 15). Models that have states
// do not load on an older system. Call inside a pool.
#pragma once

#import <CoreML/CoreML.h>

#include <vector>

#include "profiler/coreml/objc_apple.h"
#include "profiler/engine.h"

namespace anemon::profiler {

// Empty for models without any.
std::vector<models::Feature> states_of(MLModel* model);

// All zeros, as the framework makes them; nil where the system has no states.
Ref<id> make_state(MLModel* model);

// As many numbers as the state holds; else throws Error.
void fill_state(id state, const FeatureValue& value);

id<MLFeatureProvider> predict_with_state(MLModel* model, id<MLFeatureProvider> inputs, id state,
                                         NSError** error);

}  // namespace anemon::profiler
