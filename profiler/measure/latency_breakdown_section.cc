#include <fmt/format.h>

#include <cmath>
#include <map>
#include <nlohmann/json.hpp>

#include "core/provenanced_json.h"
#include "profiler/measure/result.h"
#include "profiler/measure/run_work.h"
#include "profiler/statistics/sample.h"

namespace anemon::profiler {
namespace {

std::optional<double> median_ms(const std::vector<double>& column) {
  std::vector<double> told;
  for (const double seconds : column) {
    if (std::isfinite(seconds)) told.push_back(seconds);
  }
  return told.empty() ? std::nullopt : std::optional(to_ms(median(told)));
}

// By name; of equal names the second is "name #2".
Json layer_timings(const ModelRun& run) {
  Json timings = Json::object();
  std::map<std::string, int> seen;
  const auto calls = static_cast<double>(run.operation_calls.size());
  for (const OperationTime& each : run.operations) {
    std::string name = clean_json_text(each.name.empty() ? each.type : each.name);
    if (const int count = ++seen[name]; count > 1) name += fmt::format(" #{}", count);
    if (each.fused_into.empty()) timings[name] = to_ms(to_seconds(each.total) / calls);
  }
  return timings;
}

}  // namespace

Json latency_breakdown_section(const RunFacts& facts) {
  const ModelRun& run = facts.run;
  const Samples& samples = run.samples;
  const std::string why =
      samples.total.empty() ? why_not_reached(run) : "the engine does not tell it apart";
  ProvenancedJson breakdown;
  const auto part = [&](const char* key, const std::vector<double>& column) {
    breakdown.number_or(key, median_ms(column), Provenance::measured, why);
  };
  part("preprocessing_ms", samples.preprocessing);
  part("ane_execution_ms", samples.execution);
  if (!samples.execution.empty() && run.hello) {
    breakdown.basis("ane_execution_ms",
                    fmt::format("execution by the engine that ran: {}", run.hello->engine.name));
  }
  part("postprocessing_ms", samples.postprocessing);
  part("memory_transfer_ms", samples.memory_transfer);
  if (run.operations.empty() || run.operation_calls.empty()) {
    breakdown.absent("layer_timings_ms",
                     run.why_no_operations.empty() ? why_not_reached(run) : run.why_no_operations);
  } else {
    breakdown.number("layer_timings_ms", layer_timings(run), Provenance::measured);
    breakdown.basis("layer_timings_ms",
                    fmt::format("means of {} calls of usual length after the measured ones, in "
                                "which the engine timed its operations",
                                run.operation_calls.size()));
  }
  return breakdown.take();
}

}  // namespace anemon::profiler
