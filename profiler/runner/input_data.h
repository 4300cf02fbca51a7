// What a model is fed with: never zeros by default, for zeros let an engine look cheaper than it
// is.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "models/graph/model.h"
#include "profiler/engine.h"
#include "profiler/runner/index_ranges.h"
#include "profiler/runner/protocol.h"

namespace anemon::profiler {

// The fill with `automatic` replaced by what suits the input, and why, for people: images get
// pixels of 0 to 255; integers what the model can look up with them, else 0 and 1, else (masks) 1;
// all other numbers normal(0, 1). Throws Error that names the input when nothing suits.
struct ChosenFill {
  InputFill fill;
  std::string reason;  // empty: it was asked for
};
ChosenFill choose_fill(const models::Feature& input, const InputFill& asked,
                       const std::map<std::string, IndexRange>& ranges);

// The value of `input` in item `item`. Random numbers depend on seed, name and item alone. Throws
// Error that names the input when given values do not fit its shape.
FeatureValue input_value(const models::Feature& input, const InputFill& chosen, uint64_t seed,
                         uint64_t item);

}  // namespace anemon::profiler
