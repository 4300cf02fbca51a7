// Reading documents of the control API: every member may be missing or null, and then is unknown.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/json.h"

namespace anemon {

// The value at a JSON pointer ("/host/chip"), a null value when there is none.
const Json& at(const Json& document, const char* pointer);

std::optional<double> number(const Json& document, const char* pointer);
bool flag(const Json& document, const char* pointer);         // false when unknown
std::string text(const Json& document, const char* pointer);  // empty when unknown

// A value as text whatever its type: "3", "true", "name"; empty for null.
std::string as_text(const Json& value);

// {"a":1,"b":"x"} as "a=1 b=x".
std::string pairs_text(const Json& object, std::string_view separator = " ");

bool is_estimated(const Json& value);  // its member "provenance"

}  // namespace anemon
