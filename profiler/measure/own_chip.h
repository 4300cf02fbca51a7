// Whether a prediction speaks of the machine that measured.
#pragma once

#include "models/document/model_study.h"

namespace anemon::profiler {

// False for a chip that is only the default, or another one that was asked for.
bool predicted_for_this_machine(const ModelStudy& study);

}  // namespace anemon::profiler
