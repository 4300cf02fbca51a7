// Compiled models (.mlmodelc folders).
//
// ML programs are read in full: their text (model.mil), interface (metadata.json, else
// coremldata.bin) and weights. Compiled neural networks give their layers' kinds and shapes
// (model.espresso.net, .shape), pipelines their members (model0, model1, ...). Of other kinds the
// kind, version and interface are told; Model::oddities says what is not read.
#pragma once

#include <filesystem>

#include "models/graph/model.h"
#include "models/read/read_model.h"

namespace anemon::models {

// Has the files of a compiled model: what tells a folder from a package.
bool is_compiled(const std::filesystem::path& folder);

// Throws Error, one line that says what, where and why, when `folder` is no compiled model or its
// program cannot be read. Links that lead out of `folder` are refused.
Model read_compiled(const std::filesystem::path& folder, const ReadLimits& limits = {});

}  // namespace anemon::models
