// Which integers an input may hold because the model looks something up with them.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "models/graph/model.h"

namespace anemon::profiler {

struct IndexRange {
  int64_t rows = 0;   // of the smallest table: indices are 0 to rows - 1
  std::string table;  // the author's name of the operation that looks up
};

// By input's name; inputs that index nothing known are left out. `function`: empty for the first.
std::map<std::string, IndexRange> index_ranges(const models::Model& model,
                                               const std::string& function);

}  // namespace anemon::profiler
