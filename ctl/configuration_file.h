// Which configuration a daemon of this user would read.
#pragma once

#include <filesystem>

namespace anemon {

// The first default place that has a file; empty when none has, and the defaults apply.
std::filesystem::path found_configuration();

}  // namespace anemon
