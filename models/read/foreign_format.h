// Files that are no Core ML models but are often taken for one.
#pragma once

#include <string_view>

#include "models/read/wire.h"

namespace anemon::models {

struct ForeignFormat {
  std::string_view name;  // "an ONNX model"; empty: nothing that is known
  std::string_view hint;
};

ForeignFormat foreign_format(Bytes file);

// What Git LFS leaves in a file's place until the file is fetched.
bool is_lfs_pointer(Bytes file);

}  // namespace anemon::models
