// What a rule found in a model.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/chips/chip.h"

namespace anemon::models {

enum class Severity : uint8_t { info, warning, error };
std::string_view name_of(Severity severity);

struct Finding {
  std::string_view rule;  // "DT-1"
  Severity severity = Severity::warning;
  Confidence confidence = Confidence::measured;
  std::string_view source;
  std::string member;              // pipelines: whose; else empty
  std::string function;            // empty: the whole model
  std::vector<size_t> operations;  // indices into FunctionAnalysis::operations
  std::string what;                // one line about this model, with its numbers
  std::string why;
  std::string change;  // what to do
  // Computed for this model where a formula exists; else absent, never zero.
  std::optional<double> seconds_saved;  // per prediction, estimated
  std::optional<double> bytes_saved;    // of weights or activations, derived
  std::string effect;                   // the formula's result in words
};

}  // namespace anemon::models
