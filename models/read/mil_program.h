// ML programs: MILSpec Program. Source: Core ML's MIL.proto.
#pragma once

#include <string>
#include <vector>

#include "models/graph/function.h"
#include "models/read/mil_value.h"
#include "models/read/wire.h"

namespace anemon::models {

// The functions of a Program: `first` before the others, which are sorted by name. A value that
// nothing defines is an oddity and comes out without a type. A constant of a `const` operation is
// in its result; other attributes are arguments. Throws Error when the message is damaged.
std::vector<Function> read_program(Bytes message, const std::string& first,
                                   ProgramContext& context);

}  // namespace anemon::models
