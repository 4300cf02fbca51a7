// The unit that a key of a result names by its end.
#pragma once

#include <string_view>

namespace anemon::profiler {

struct MetricUnit {
  std::string_view name;    // the key without its unit: "average_power"
  std::string_view symbol;  // "W"; empty for a plain number
};
MetricUnit metric_unit(std::string_view key);

}  // namespace anemon::profiler
