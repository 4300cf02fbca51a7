// Numbers in and out of MLMultiArray. Call inside a pool.
#pragma once

#import <CoreML/CoreML.h>

#include <vector>

#include "models/graph/tensor_type.h"

namespace anemon::profiler {

// Core ML's own packed memory. Throws Error for an element type that arrays do not have, and what
// Core ML says when it has no memory.
MLMultiArray* make_array(const models::TensorType& type, const std::vector<float>& numbers);

// False, and nothing is written, unless the array has as many elements of a known type. Throws
// nothing: it is called from the framework's own frames too.
bool fill_array(MLMultiArray* array, const std::vector<float>& numbers);

// Any strides. Throws Error for an element type that is not known.
std::vector<float> read_array(MLMultiArray* array);

}  // namespace anemon::profiler
