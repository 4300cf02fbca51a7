// The names by which sessions are found.
#pragma once

#include <string>
#include <string_view>

#include "core/clock.h"

namespace anemon {

std::string compact_utc(Duration wall);  // "20261122-145102"

// "20261122-145102-k3f9": when it began, and four letters that tell sessions of one second apart.
std::string new_session_id(Duration wall);
bool looks_like_session_id(std::string_view text);

}  // namespace anemon
