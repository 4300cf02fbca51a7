// Files for the user.
#pragma once

#include <filesystem>
#include <string_view>

namespace anemon::sdk {

// Replaces the file as a whole, or leaves it as it was; what is no regular file is written into.
// Throws Error that names it.
void save_file(const std::filesystem::path& path, std::string_view bytes);

}  // namespace anemon::sdk
