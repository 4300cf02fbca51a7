#include "ctl/counter.h"

#include <nlohmann/json.hpp>

namespace anemon {

std::optional<CounterAdvance> counter_advance(const Json& points) {
  if (!points.is_array() || points.size() < 2) return std::nullopt;
  CounterAdvance advance;
  std::optional<double> first_time, last_value;
  for (const Json& point : points) {
    if (!point.is_array() || point.size() < 2 || !point[0].is_number() || !point[1].is_number()) {
      continue;
    }
    const double time = point[0].get<double>();
    const double value = point[1].get<double>();
    if (last_value) advance.amount += value >= *last_value ? value - *last_value : value;
    if (!first_time) first_time = time;
    advance.seconds = time - *first_time;
    last_value = value;
  }
  return advance;
}

}  // namespace anemon
