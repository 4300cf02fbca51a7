// How far a counter went, out of the points of a series document.
#pragma once

#include <optional>

#include "core/json.h"

namespace anemon {

struct CounterAdvance {
  double amount = 0;
  double seconds = 0;  // between the first and the last point

  std::optional<double> rate() const {
    return seconds > 0 ? std::optional(amount / seconds) : std::nullopt;
  }
};

// `points` are [time, last, ...]. A counter that falls began anew at zero. Nothing with fewer than
// two points.
std::optional<CounterAdvance> counter_advance(const Json& points);

}  // namespace anemon
