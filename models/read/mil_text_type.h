// Types in the text form of ML programs: tensor<fp16, [1, ?]>, fp16, list<...>, state<...>.
#pragma once

#include <string_view>

#include "models/graph/function.h"
#include "models/read/budget.h"
#include "models/read/mil_text_lexer.h"

namespace anemon::models {

// Whether a type can begin with this word.
bool begins_mil_type(std::string_view word);

// Takes a type. Element types that are not known come out as DataType::unknown; of tuples and
// dictionaries only the kind is kept. Throws Error with the place.
ValueType read_mil_type(MilLexer& lexer, Budget& budget);

}  // namespace anemon::models
