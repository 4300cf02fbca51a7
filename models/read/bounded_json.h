// JSON out of a model's folder, held to a size and a depth.
#pragma once

#include <cstddef>
#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "models/read/budget.h"

namespace anemon::models {

// Throws Error, saying what is wrong with the file, when it is longer than `max_bytes`, is no JSON,
// has more than a million elements or is nested more than 32 deep; WireError when the elements of
// all of a model's files are more than `budget` has.
nlohmann::json read_bounded_json(const std::filesystem::path& file, size_t max_bytes,
                                 Budget& budget);

// A member's text, also where it is written as a number or a bool; empty when there is none.
std::string json_text(const nlohmann::json& object, const char* key);
// A member that is an array; empty when there is none.
const std::vector<nlohmann::json>& json_array(const nlohmann::json& object, const char* key);

}  // namespace anemon::models
