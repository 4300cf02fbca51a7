// Literals in the text form of ML programs: tensor<int32, [2]>([1, 1]), fp16(0x1p-3),
// BLOBFILE(...).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "models/graph/function.h"
#include "models/read/budget.h"
#include "models/read/mil_text_lexer.h"
#include "models/read/oddity_log.h"
#include "models/read/weight_file.h"

namespace anemon::models {

// What reading one program's text needs and changes.
struct MilTextSource {
  MilLexer lexer;
  Budget& budget;
  WeightFiles& weights;
  OddityLog& oddities;
};

struct MilLiteral {
  ValueType type;
  std::optional<Constant> constant;  // of tensors
  std::vector<std::string> texts;    // of lists, tuples and dictionaries, in the order written
};

// Takes a literal; a bare number, word or text is an int32, bool, fp32 or string. `operation`: who
// it belongs to, for oddities. More or fewer elements than the type says are an oddity.
// Throws Error with the place.
MilLiteral read_mil_literal(MilTextSource& source, const std::string& operation);

}  // namespace anemon::models
