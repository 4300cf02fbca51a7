// coremldata.bin of compiled models. Its layout is not published; read off files that Apple's
// compiler wrote (little-endian): u32 kind (as numbered in Model.proto), 24 bytes, a counted text,
// u32 specification version, 28 bytes, the counted ModelDescription. What follows is not read.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "models/read/interface.h"

namespace anemon::models {

struct CompiledContainer {
  uint32_t kind = 0;
  int specification_version = 0;
  Description description;
};

// Throws Error, saying what is wrong with the file, when it does not have that layout.
CompiledContainer read_compiled_container(const std::filesystem::path& file, Budget& budget,
                                          OddityLog& oddities);

// modelNames/coremldata.bin of pipelines: a counted list of counted names. Throws Error.
std::vector<std::string> read_compiled_names(const std::filesystem::path& file, Budget& budget);

}  // namespace anemon::models
