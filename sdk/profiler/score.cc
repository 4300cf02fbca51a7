#include "profiler/statistics/score.h"

#include <anemon/profiler.h>

#include <cmath>

namespace anemon {
namespace {

// What cannot be a part of the score is missing.
double usable(double value) { return value >= 0 && std::isfinite(value) ? value : kNoNumber; }

}  // namespace

double CalculateEfficiencyScore(const ANEPerformanceMetrics& metrics,
                                std::vector<std::string>* missing) noexcept {
  try {
    profiler::Score score = profiler::efficiency_score(
        {usable(metrics.inferences_per_second), usable(metrics.efficiency_tops_per_watt),
         usable(metrics.memory_usage_mb), usable(metrics.peak_memory_mb)});
    if (missing != nullptr) *missing = std::move(score.missing);
    return score.total;
  } catch (const std::exception&) {  // no memory for the words
    return kNoNumber;
  }
}

}  // namespace anemon
