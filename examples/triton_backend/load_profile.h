// What is known of a model once it is loaded, before the first request comes.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "examples/triton_backend/served_model.h"

struct LoadProfile {
  // 0 to 100, the first of these that can be told: the efficiency score, which takes a source of
  // power, or how ready the model's file is for the Neural Engine.
  std::optional<double> efficiency;
  std::string meaning;     // of `efficiency`: "efficiency score", "readiness for the Neural Engine"
  std::string provenance;  // "derived" from what was measured, "estimated"
  std::string why_no_score;  // empty: there is one
  std::string speed;         // in words; empty: the model was not run
  std::vector<std::string> warnings, errors;
};

// This is the place to profile: runs the model for some seconds, with power for some more. Models
// that are loaded at the same time take turns. Does not throw.
LoadProfile profile_at_load(const std::string& name, const ServedModelConfig& config);
