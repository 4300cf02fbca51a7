// Where the running program lies.
#pragma once

#include <filesystem>

namespace anemon {

// Absolute; empty when the system does not tell. On macOS as it was started, which may be a link.
std::filesystem::path executable_path();

}  // namespace anemon
