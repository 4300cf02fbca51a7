#include "profiler/report/metric_unit.h"

#include <array>
#include <utility>

namespace anemon::profiler {
namespace {

// The longer ends first.
constexpr std::array<std::pair<std::string_view, std::string_view>, 14> kEnds = {{
    {"_tops_per_watt", "TOPS/W"},
    {"_bytes_per_second", "B/s"},
    {"_per_second", "1/s"},
    {"_tops", "TOPS"},
    {"_ms", "ms"},
    {"_seconds", "s"},
    {"_watts", "W"},
    {"_joules", "J"},
    {"_mb", "MB"},
    {"_bytes", "B"},
    {"_percent", "%"},
    {"_hertz", "Hz"},
    {"_celsius", "degC"},
    {"_share", ""},
}};

}  // namespace

MetricUnit metric_unit(std::string_view key) {
  for (const auto& [end, symbol] : kEnds) {
    if (key.ends_with(end)) return {key.substr(0, key.size() - end.size()), symbol};
  }
  return {key, ""};
}

}  // namespace anemon::profiler
