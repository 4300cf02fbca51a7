#include "profiler/statistics/score.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/error.h"

namespace anemon::profiler {
namespace {

constexpr double kFullSpeed = 1000;     // inferences per second
constexpr double kFullEfficiency = 10;  // TOPS per watt

// Whether it is there; says so in `missing` when not.
bool present(double input, const char* name, std::vector<std::string>& missing) {
  if (std::isnan(input)) {
    missing.emplace_back(name);
    return false;
  }
  if (input < 0 || std::isinf(input)) {
    throw Error(fmt::format("no score: {} of {}", name, input),
                "pass NaN for what was not measured");
  }
  return true;
}

double part(double most, double ratio) { return most * std::min(1.0, ratio); }

}  // namespace

Score efficiency_score(const ScoreInputs& inputs) {
  constexpr double kAbsent = std::numeric_limits<double>::quiet_NaN();
  Score score{kAbsent, kAbsent, kAbsent, kAbsent, {}};
  if (present(inputs.inferences_per_second, "inferences per second", score.missing)) {
    score.performance = part(40, inputs.inferences_per_second / kFullSpeed);
  }
  if (present(inputs.tops_per_watt, "TOPS per watt", score.missing)) {
    score.power_efficiency = part(40, inputs.tops_per_watt / kFullEfficiency);
  }
  const bool usage = present(inputs.memory_usage, "memory usage", score.missing);
  const double peak = inputs.peak_memory == 0 ? kAbsent : inputs.peak_memory;
  if (present(peak, "peak memory", score.missing) && usage) {
    score.memory_efficiency = part(20, inputs.memory_usage / peak);
  }
  score.total = score.performance + score.power_efficiency + score.memory_efficiency;
  return score;
}

}  // namespace anemon::profiler
