// The file of the history: its tables (docs/results-database.md), and what is refused.
#pragma once

#include <filesystem>
#include <memory>

#include "core/database.h"

namespace anemon::profiler {

// Makes what is missing of the folder, the file and its tables; migrates older ones. Throws
// DatabaseError: no room, no permission, corrupt, another program's, written by a newer version.
// What is refused is left as it is.
std::unique_ptr<Database> open_history(const std::filesystem::path& file);

}  // namespace anemon::profiler
