// Names that sort by the time at which they were given.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "core/clock.h"

namespace anemon {

inline constexpr size_t kDatedIdLetters = 4;

std::string compact_utc(Duration wall);  // "20261122-145102"

// "20261122-145102-k3f9": when, and four letters that tell those of one second apart.
std::string new_dated_id(Duration wall);
bool looks_like_dated_id(std::string_view text);

}  // namespace anemon
