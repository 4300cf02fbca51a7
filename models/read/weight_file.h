// Weight files of ML programs ("MIL blob storage", version 2), found by the places that programs
// name and mapped into memory.
//
// A file: 64 bytes {u32 blobs, u32 version 2}, then per blob, each on a 64-byte boundary, 64 bytes
// {u32 0xDEADBEEF, u32 type, u64 bytes, u64 offset of the data, u64 padding bits of sub-byte types}
// and the data. Little-endian. Source: coremltools, mlmodel/src/MILBlob/Blob.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "models/graph/constant.h"
#include "models/graph/model.h"
#include "models/read/oddity_log.h"
#include "models/read/wire.h"
#include "platform/mapped_file.h"

namespace anemon::models {

struct Blob {
  DataType dtype = DataType::unknown;
  Bytes data;
};

// Throws Error, saying what is wrong, when `file` is no weight file of version 2.
void check_weight_header(Bytes file);
// The blob whose metadata is at `offset`. Throws Error when it does not lie inside `file` as the
// format wants it, or is not what a tensor of `type` takes (a type with open dimensions fits all).
Blob blob_at(Bytes file, uint64_t offset, const TensorType& type);

// All weight files of one model with its members. Never throws for what is wrong with a file: such
// constants come out `missing`, and take_oddities() says why.
// Every name costs a look-up: those beyond a thousand, longer than 1000 bytes, or with "." or
// nothing between slashes (other spellings of the same file) are refused.
class WeightFiles {
 public:
  // `folder`: what "@model_path" stands for. Nothing outside `root`, be it by "..", absolute or by
  // a symbolic link, is opened. No `folder`: there are no weight files.
  WeightFiles(std::filesystem::path folder, const std::filesystem::path& root);
  WeightFiles() = default;

  // The elements of type `type` that `place` holds. `operation`: who asks, for oddities.
  Constant constant(BlobPlace place, TensorType type, const std::string& operation);

  // What constants point into.
  MappedFiles files() const;
  std::vector<Oddity> take_oddities();

 private:
  struct Opened {
    std::shared_ptr<const MappedFile> file;  // null: it cannot be used
    uint32_t blobs = 0;                      // as its header says
    std::map<uint64_t, uint64_t> used;       // blobs asked for: begin of metadata -> end of data
  };
  Opened* open(const std::string& name);  // null: the name is refused
  void open(const std::string& name, Opened& opened);

  std::filesystem::path folder_, root_;
  std::map<std::string, Opened> opened_;  // by the name that the model uses
  std::vector<std::shared_ptr<const MappedFile>> files_;
  OddityLog oddities_;
};

}  // namespace anemon::models
