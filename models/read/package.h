// .mlpackage folders: a manifest that names the root model, and the files it needs.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "models/graph/model.h"
#include "models/read/read_model.h"

namespace anemon::models {

// The path of the root model below Data/, as the text of a Manifest.json names it; not checked to
// stay inside. Throws Error, which does not name the file.
std::string root_model_path(std::string_view manifest);

// Throws Error when there is no model, or when its path leads out of the package. A package
// without a manifest is read from where coremltools puts the model, and is odd.
Model read_package(const std::filesystem::path& package, const ReadLimits& limits);

// Of all regular files below `folder`; links are not followed.
uint64_t bytes_below(const std::filesystem::path& folder);

}  // namespace anemon::models
