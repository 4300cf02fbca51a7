// Writes compiled models (.mlmodelc), as Apple's compiler would lay them out.
#pragma once

#include <filesystem>
#include <string>

#include "models/graph/model.h"
#include "tests/models/mil_printer.h"

namespace anemon::models::test {

struct CompiledOptions {
  MilDialect dialect = MilDialect::v1_3;
  bool metadata = true;   // metadata.json
  bool container = true;  // coremldata.bin
  bool weights = true;    // false: the program names files that are not there
};

// Of programs and pipelines of them. Throws std::runtime_error when it cannot write.
void write_compiled(const std::filesystem::path& folder, const Model& model,
                    CompiledOptions options = {});

// The content of metadata.json and coremldata.bin.
std::string metadata_json(const Model& model);
std::string container_bytes(const Model& model);

}  // namespace anemon::models::test
