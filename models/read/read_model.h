// Reads any Core ML model.
#pragma once

#include <cstdint>
#include <filesystem>

#include "models/graph/model.h"

namespace anemon::models {

// What hostile files are held to.
struct ReadLimits {
  unsigned depth = 100;             // nested messages, blocks and pipelines
  uint64_t operations = 1'000'000;  // of one model with its members; a large one has 100'000
  uint64_t values = 2'000'000;      // names, constants, arguments; some 300 bytes each in memory
  uint64_t members = 10'000;        // of a pipeline, theirs included
};

// `path`: a .mlmodel file, a .mlpackage or a .mlmodelc folder (told by content, not by name).
// Throws Error, one line that says what, where and why, when it is none of these or is damaged
// beyond description. Missing or damaged weights are oddities of the model that is returned.
// Weights are mapped, not read: time and memory depend on the number of operations alone.
Model read_model(const std::filesystem::path& path, const ReadLimits& limits = {});

}  // namespace anemon::models
