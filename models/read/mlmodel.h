// The Model message: what a .mlmodel file, and model.mlmodel in a package, holds.
// Source: Core ML's Model.proto.
#pragma once

#include <filesystem>

#include "models/graph/model.h"
#include "models/read/oddity_log.h"
#include "models/read/read_model.h"
#include "models/read/wire.h"

namespace anemon::models {

// `root`: the folder that weight files may not leave. The model's name, path and container are the
// caller's to fill in. Throws Error, which does not name the file when the content is to blame.
Model read_mlmodel(const std::filesystem::path& file, const std::filesystem::path& root,
                   const ReadLimits& limits);

// A message without a file, hence without weight files; constants point into it.
Model read_mlmodel(Bytes message, const ReadLimits& limits);

// Notes a specification version beyond those that are known.
void check_version(const Model& model, OddityLog& oddities);

}  // namespace anemon::models
