// What this build is: filled in by CMake.
#pragma once

#include <string_view>

namespace anemon {

std::string_view version();   // "0.1.0"
std::string_view revision();  // the commit, or "unknown"
std::string_view compiler();  // "GNU 12.2.0"

}  // namespace anemon
