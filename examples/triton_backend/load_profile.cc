#include "examples/triton_backend/load_profile.h"

#include <anemon/profiler.h>
#include <fmt/format.h>

#include <cmath>
#include <mutex>

namespace {

// A server must not wait long for a model: less of everything than `anemonctl profile` takes.
anemon::ANEPerformanceProfiler::Config brief(const std::string& compute_unit) {
  anemon::ANEPerformanceProfiler::Config config;
  config.detailed_profiling = false;
  config.warmup_iterations = 3;
  config.warmup_seconds = 0.2;
  config.warmup_seconds_limit = 3;
  config.profile_iterations = 20;
  config.profile_seconds = 1;
  config.profile_seconds_limit = 5;
  config.idle_seconds = 2;
  config.energy_seconds = 10;
  config.energy_seconds_limit = 20;
  config.load_seconds_limit = 300;
  if (compute_unit == "ane") config.compute_units = "cpu-and-ane";
  if (compute_unit == "gpu") config.compute_units = "cpu-and-gpu";
  if (compute_unit == "cpu") config.compute_units = "cpu-only";
  return config;
}

std::string joined(const std::vector<std::string>& words) {
  return fmt::format("{}", fmt::join(words, ", "));
}

void run(anemon::ANEPerformanceProfiler& profiler, const std::string& name,
         const ServedModelConfig& config, LoadProfile& profile) {
  anemon::ANEPerformanceMetrics metrics;
  if (!profiler.Initialize(brief(config.compute_unit)) ||
      !profiler.ProfileModel(config.file.string(), name, metrics)) {
    profile.why_no_score = profiler.LastError();
    return;
  }
  profile.speed = fmt::format("{:.3g} ms, {:.3g} inferences per second", metrics.inference_time_ms,
                              metrics.inferences_per_second);
  std::vector<std::string> missing;
  const double score = CalculateEfficiencyScore(metrics, &missing);
  if (std::isnan(score)) {
    profile.why_no_score = fmt::format("{} missing ({})", joined(missing),
                                       metrics.origins.Of("efficiency_tops_per_watt").note);
    return;
  }
  profile.efficiency = score;
  profile.meaning = "efficiency score";
  profile.provenance = "derived";
}

}  // namespace

LoadProfile profile_at_load(const std::string& name, const ServedModelConfig& config) {
  static std::mutex turn;
  const std::lock_guard lock(turn);
  LoadProfile profile;
  anemon::ANEPerformanceProfiler profiler;
  const std::string file = config.file.string();
  // A file that cannot be read is not run either.
  if (!profiler.ValidateModel(file, profile.warnings, profile.errors)) {
    profile.why_no_score = "the model cannot be read";
    return profile;
  }
  run(profiler, name, config, profile);
  if (profile.efficiency) return profile;
  const double readiness = profiler.EstimateReadiness(file);
  if (!std::isnan(readiness)) {
    profile.efficiency = readiness;
    profile.meaning = "readiness for the Neural Engine";
    profile.provenance = "estimated";
  }
  return profile;
}
