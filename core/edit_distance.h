// "Did you mean": the known name that a mistyped one was probably meant to be.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace anemon {

// Insertions, deletions, replacements and swaps of neighbours that turn `a` into `b`; ASCII letters
// are equal to their other case. Bytes, not characters.
size_t edit_distance(std::string_view a, std::string_view b);

// The candidate closest to `name`, the first of equals; empty when none is within a third of the
// longer length (at least one edit, at most three), which would be a guess and no help.
std::string_view nearest_name(std::string_view name, std::span<const std::string_view> candidates);

}  // namespace anemon
