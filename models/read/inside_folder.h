// Paths that a model names, which must not lead out of it.
#pragma once

#include <filesystem>
#include <string>

#include "core/error.h"

namespace anemon::models {

class OutsideFolder : public Error {
 public:
  using Error::Error;
};

// `folder`/`relative`, which need not exist. Throws OutsideFolder when `relative` is absolute, has
// a
// "..", or leaves `root` through a symbolic link.
std::filesystem::path inside_folder(const std::filesystem::path& folder,
                                    const std::string& relative, const std::filesystem::path& root);

}  // namespace anemon::models
