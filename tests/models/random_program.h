// Functions of ML programs at random: what can be written is in them, what makes sense need not be.
#pragma once

#include <cstdint>

#include "models/graph/function.h"

namespace anemon::models::test {

// The same for the same seed.
Function random_function(uint32_t seed, const std::string& name = "main");

}  // namespace anemon::models::test
