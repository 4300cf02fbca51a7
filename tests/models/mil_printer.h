// Writes programs in the text form of compiled models.
#pragma once

#include <span>
#include <string>

#include "models/graph/function.h"
#include "tests/models/model_writer.h"

namespace anemon::models::test {

// As the first word of a text says: 1.0 gives every literal a tensor type, 1.3 has scalars.
enum class MilDialect { v1_0, v1_3 };

// The text of a program. Constants with a place go to `weights`.
std::string mil_text(std::span<const Function> functions, WeightWriter& weights,
                     MilDialect dialect);

}  // namespace anemon::models::test
