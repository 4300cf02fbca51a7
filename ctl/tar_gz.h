// A .tar.gz of a few texts (POSIX ustar).
#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace anemon {

// Names are relative paths of at most 100 characters; the files belong to nobody in particular.
// Throws Error when the file cannot be written, and leaves none then.
void write_tar_gz(const std::filesystem::path& path,
                  const std::vector<std::pair<std::string, std::string>>& files,
                  long long unix_time);

}  // namespace anemon
