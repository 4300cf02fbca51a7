// The kinds of model that a Model message can hold. Source: Core ML's Model.proto, `oneof Type`.
#pragma once

#include <cstdint>
#include <string_view>

namespace anemon::models {

// "mlProgram" for 502; empty for a number that is no kind.
std::string_view model_kind(uint32_t field);

}  // namespace anemon::models
