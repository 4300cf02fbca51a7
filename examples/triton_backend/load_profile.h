// What is known of a model once it is loaded, before the first request comes.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

struct LoadProfile {
  // 0 to 100: how well the model fits the Neural Engine. Absent where the model could not be read.
  std::optional<double> efficiency;
  std::string provenance;  // of `efficiency`: "measured", "derived" or "estimated"
  std::vector<std::string> warnings, errors;
};

// This is the place to profile. `model`: a .mlmodel, .mlpackage or .mlmodelc. Does not throw.
LoadProfile profile_at_load(const std::filesystem::path& model);
