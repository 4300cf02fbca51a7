// The path that an open file has now; empty when it has none (a pipe, a terminal that is gone) or
// the system does not tell.
#pragma once

#include <filesystem>

namespace anemon {

std::filesystem::path path_of_descriptor(int descriptor);

}  // namespace anemon
