// A function as lines of text that do not depend on the order of arguments or the numbering of
// values, so that two ways of reading the same graph can be compared.
#pragma once

#include <string>

#include "models/graph/function.h"

namespace anemon::models::test {

std::string function_text(const Function& function);

}  // namespace anemon::models::test
