#include "ctl/result_labels.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "profiler/report/metric_unit.h"

namespace anemon {
namespace {

struct Words {
  std::string_view key, words;
};
// Where the key alone would not say it, or not well.
constexpr std::array<Words, 19> kWords = {{
    {"compilation_time_ms", "compile"},
    {"load_time_ms", "load"},
    {"cached_load_time_ms", "load, cached"},
    {"ramp_ms", "until steady"},
    {"inference_time_ms", "inference, median"},
    {"minimum_ms", "fastest"},
    {"maximum_ms", "slowest"},
    {"iterations", "calls"},
    {"effective_samples", "calls, as good as independent"},
    {"energy_per_inference_joules", "energy per inference"},
    {"net_energy_per_inference_joules", "energy per inference, net of idle"},
    {"net_power_watts", "power, net of idle"},
    {"interval_seconds", "measured for"},
    {"relative_precision", "precision, relative"},
    {"efficiency_tops_per_watt", "efficiency"},
    {"ane_utilization_percent", "Neural Engine utilisation"},
    {"ane_execution_ms", "engine execution"},
    {"memory_usage_mb", "in use"},
    {"peak_memory_mb", "at the peak"},
}};

}  // namespace

Label label_of(std::string_view key, std::string_view below) {
  const profiler::MetricUnit parts = profiler::metric_unit(key);
  Label label{std::string(parts.name), std::string(parts.symbol)};
  std::ranges::replace(label.words, '_', ' ');
  if (key.ends_with("_share")) label.words += " share";
  if (label.unit == "1/s") label.unit = "/s";
  if (label.unit == "degC") label.unit = "C";
  const auto found = std::ranges::find(kWords, key, &Words::key);
  if (found != kWords.end()) label.words = found->words;
  if (key == "percentiles") return {std::string(below), "ms"};
  if (key == "components")
    return {below.empty() ? "power by component" : "of " + std::string(below), "W"};
  if (key == "after_idle_ms") {
    return {below.empty() ? "call after a pause" : fmt::format("after {} s idle", below), "ms"};
  }
  if (!below.empty()) label.words += fmt::format(", {}", below);
  return label;
}

}  // namespace anemon
