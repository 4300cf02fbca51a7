// Images and the windows that slide over them.
#pragma once

#include "profiler/reference/step_builder.h"

namespace anemon::profiler::reference {

// [..,C,D..] as [N,C,D..] with `spatial` dimensions D.
Shape image_of(const Shape& shape, size_t spatial);

// From the arguments strides, dilations, pad_type and pad of the operation, for a window of
// `kernel` between the two images. What is added behind is what the result needs.
onednn::Window window_of(const StepBuilder& step, const Shape& kernel, const Shape& source,
                         const Shape& destination, bool transposed = false);

// Constant weights as numbers, those of int8 multiplied with their scale.
std::vector<float> weights_of(StepBuilder& step, std::string_view argument);

}  // namespace anemon::profiler::reference
