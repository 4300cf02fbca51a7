// Whether what is given fits what the model takes.
#pragma once

#include <vector>

#include "profiler/engine.h"

namespace anemon::profiler {

// The feature of this name; null when there is none.
const models::Feature* find_feature(const std::vector<models::Feature>& features,
                                    std::string_view name);

// Throws Error that names the input which is missing, given twice, no input, or of another shape or
// number of elements. Optional ones need not be given.
void check_inputs(const std::vector<models::Feature>& inputs,
                  const std::vector<FeatureValue>& given);

}  // namespace anemon::profiler
