// What a loaded model says of its inputs, outputs and states, in the words of models/.
#pragma once

#import <CoreML/CoreML.h>

#include <vector>

#include "models/analysis/analysis.h"

namespace anemon::profiler {

models::DataType to_data_type(MLMultiArrayDataType type);
// Of fp16, fp32, fp64, int32 and int8; 0 for others.
MLMultiArrayDataType to_array_type(models::DataType type);

// In the order of their names: the framework keeps none. Call inside a pool.
std::vector<models::Feature> to_features(NSDictionary<NSString*, MLFeatureDescription*>* described);

// Each input's tensor at the shape asked for, else where the model is evaluated by default. Throws
// Error for a shape that an input does not take, or that names no input, or that must be given.
void settle_shapes(std::vector<models::Feature>& inputs, const models::InputShapes& asked);

}  // namespace anemon::profiler
