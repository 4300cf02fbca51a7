// The classes of a classifier and what it says of them.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "models/graph/model.h"
#include "models/read/wire.h"
#include "profiler/reference/runnable.h"

namespace anemon::profiler::reference {

struct Classes {
  std::vector<std::string> names;  // integers in decimal
  bool integers = false;

  // `strings`, `numbers`: fields of `message` with a StringVector and an Int64Vector.
  static Classes read(models::Bytes message, uint32_t strings, uint32_t numbers);
  // Of a program's `classify`.
  static Classes of(const models::Constant& constant);

  // The label and the dictionary of probabilities, under the interface's names.
  void give(std::span<const float> probabilities, const std::string& label,
            const std::string& dictionary, Features& outputs) const;
};

}  // namespace anemon::profiler::reference
