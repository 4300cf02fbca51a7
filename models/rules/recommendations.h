// What to change first: findings and options with a computed gain, largest first.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/rules/rules.h"

namespace anemon::models {

struct Recommendation {
  std::string id;  // a rule's id, or "int8-weights", "palettise", "prune", "batch", "w8a8"
  std::string title;
  std::string member, function;
  std::vector<size_t> operations;
  std::string change;
  std::string basis;                    // the numbers it rests on
  std::optional<double> seconds_saved;  // estimated
  std::optional<double> bytes_saved;
  std::optional<double> joules_saved;  // estimated, by the compiler's energy per byte
  Confidence confidence = Confidence::none;
};

// Only what the numbers of this model and chip support.
std::vector<Recommendation> recommend(const Report& report);

}  // namespace anemon::models
