// metadata.json of compiled models: the model's description as its compiler writes it out.
// Source of the keys and of how types are written: coremltools, mlmodel/src/DataType.cpp.
#pragma once

#include <filesystem>
#include <string>

#include "models/read/interface.h"

namespace anemon::models {

struct CompiledMetadata {
  std::string kind;  // the oneof's name; empty when the file does not tell
  int specification_version = 0;
  bool updatable = false;
  Description description;  // its metadata has computePrecision and storagePrecision besides
};

// Throws Error, saying what is wrong with the file, when it is not such a file.
CompiledMetadata read_compiled_metadata(const std::filesystem::path& file, Budget& budget,
                                        OddityLog& oddities);

}  // namespace anemon::models
