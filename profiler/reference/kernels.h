// The table of operations that the reference engine runs. Adding one is one row and one function.
#pragma once

#include <string_view>
#include <vector>

#include "profiler/reference/step_builder.h"

namespace anemon::profiler::reference {

// By MIL's name, or an old network's layer without counterpart (models/read/layers.h). Null: none.
MakeKernel find_kernel(std::string_view operation);
std::vector<std::string_view> supported_operations();  // by name

}  // namespace anemon::profiler::reference
