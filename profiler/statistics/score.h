// The efficiency score: 0 to 100. Pure.
#pragma once

#include <string>
#include <vector>

namespace anemon::profiler {

// NaN: absent.
struct ScoreInputs {
  double inferences_per_second;
  double tops_per_watt;
  double memory_usage;  // of the model while it runs; of any unit, that of peak_memory
  double peak_memory;
};

// A part that is NaN cannot be told, and then neither can the total; `missing` names the inputs.
struct Score {
  double total;
  double performance;                // 40 * min(1, inferences_per_second / 1000)
  double power_efficiency;           // 40 * min(1, tops_per_watt / 10)
  double memory_efficiency;          // 20 * min(1, memory_usage / peak_memory)
  std::vector<std::string> missing;  // "TOPS per watt"
};

// Throws Error for an input that is negative or infinite. A peak of 0 is missing.
Score efficiency_score(const ScoreInputs& inputs);

}  // namespace anemon::profiler
