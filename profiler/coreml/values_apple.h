// FeatureValue and the framework's MLFeatureValue. Call inside a pool.
//
// A sequence is told by its elements: integers in `numbers`, strings in `text`, one to a line.
#pragma once

#import <CoreML/CoreML.h>

#include "profiler/engine.h"

namespace anemon::profiler {

// `feature` at the shape it was loaded for; `description`: what the model says of the input, for
// what a Feature leaves out (pixel format, kind of keys).
MLFeatureValue* to_coreml(const FeatureValue& value, const models::Feature& feature,
                          MLFeatureDescription* description);

FeatureValue from_coreml(MLFeatureValue* value, const std::string& name);

}  // namespace anemon::profiler
