#include <algorithm>
#include <array>
#include <utility>

#include "profiler/engine.h"

namespace anemon::profiler {
namespace {

constexpr std::array<std::pair<ComputeUnits, std::string_view>, 4> kNames{{
    {ComputeUnits::cpu_only, "cpu-only"},
    {ComputeUnits::cpu_and_gpu, "cpu-and-gpu"},
    {ComputeUnits::cpu_and_ane, "cpu-and-ane"},
    {ComputeUnits::all, "all"},
}};

}  // namespace

std::string_view to_string(ComputeUnits units) {
  return std::find_if(kNames.begin(), kNames.end(),
                      [&](const auto& row) { return row.first == units; })
      ->second;
}

std::optional<ComputeUnits> parse_compute_units(std::string_view text) {
  for (const auto& [units, name] : kNames) {
    if (name == text) return units;
  }
  return std::nullopt;
}

}  // namespace anemon::profiler
