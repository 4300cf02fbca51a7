// Code as a user of the library writes it. It must compile against the installed headers and run to
// the end with a Core ML model's path as its only argument; where an engine or a power source is
// missing on this machine, members are NaN and the companion says "absent".
#include <anemon/profiler.h>

#include <cmath>
#include <cstdio>
#include <iostream>
#include <string>
#include <vector>

using namespace anemon;

#define CHECK_CALL(call)                                          \
  do {                                                            \
    if (!(call)) {                                                \
      std::cerr << #call << ": " << profiler.LastError() << "\n"; \
      return 1;                                                   \
    }                                                             \
  } while (0)

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const std::string model = argv[1];

  {
    // The shortest use: defaults.
    ANEPerformanceProfiler profiler;
    ANEPerformanceMetrics metrics;
    CHECK_CALL(profiler.ProfileModel(model, "my_model", metrics));
    std::cout << "inference " << metrics.inference_time_ms << " ms, "
              << metrics.inferences_per_second << " inf/s\n";
  }

  ANEPerformanceProfiler::Config config;
  config.detailed_profiling = true;
  config.power_profiling = true;
  config.warmup_iterations = 10;
  config.profile_iterations = 100;
  ANEPerformanceProfiler profiler;
  CHECK_CALL(profiler.Initialize(config));

  ANEPerformanceMetrics metrics;
  CHECK_CALL(profiler.ProfileModel(model, "my_model", metrics));
  std::cout << "load " << metrics.load_time_ms << " ms, compile " << metrics.compilation_time_ms
            << " ms, memory " << metrics.memory_usage_mb << " MB, peak " << metrics.peak_memory_mb
            << " MB, efficiency " << metrics.efficiency_tops_per_watt << " TOPS/W\n";
  double layers_ms = 0;
  for (const auto& [layer, time_ms] : metrics.latency_breakdown.layer_timings_ms)
    layers_ms += time_ms;
  std::cout << metrics.latency_breakdown.layer_timings_ms.size() << " layers, " << layers_ms
            << " ms\n";
  CHECK_CALL(profiler.ExportResults(
      metrics, "my_model_profile"));  // my_model_profile.json, my_model_profile.csv

  std::vector<std::string> warnings, errors;
  CHECK_CALL(profiler.ValidateModel(model, warnings, errors));

  ComparativeResults compared;
  CHECK_CALL(profiler.ComparativeProfile(model, compared));
  std::cout << compared.recommendation << "\n";

  BatchProfilingResults batches;
  CHECK_CALL(profiler.ProfileBatchSizes(model, std::vector<std::size_t>{1, 2, 4}, batches));
  std::cout << "optimal batch " << batches.optimal_batch_size << ": " << batches.analysis << "\n";

  PowerProfile power;
  CHECK_CALL(profiler.ProfilePower(model, 2.0, power));
  std::cout << "average power " << power.average_power_watts << " W, peak "
            << power.peak_power_watts << " W, " << power.timeline.size() << " points\n";

  MemoryProfile memory;
  CHECK_CALL(profiler.ProfileMemory(model, memory));
  std::cout << "model " << memory.model_memory_mb << " MB, activations "
            << memory.activation_memory_mb << " MB\n";

  OptimizationRecommendations advice;
  CHECK_CALL(profiler.AnalyzeOptimizations(model, metrics, advice));
  for (const auto& line : advice.recommendations) std::cout << "- " << line << "\n";
  std::cout << "potential speed-up " << advice.potential_speedup << "\n";

  CHECK_CALL(profiler.GenerateVisualization(model, metrics, power, "report.html"));

  CHECK_CALL(profiler.StartMonitoring(model));
  ANEPerformanceMetrics live = profiler.GetCurrentMetrics();
  (void)live;
  ANEPerformanceMetrics final_metrics;
  CHECK_CALL(profiler.StopMonitoring(final_metrics));

  const double score = CalculateEfficiencyScore(metrics);
  std::cout << "score " << score << "\n";
  return (std::isnan(metrics.inference_time_ms) || metrics.inference_time_ms <= 0) ? 1 : 0;
}
