#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/provenanced_json.h"
#include "profiler/measure/observed.h"
#include "profiler/measure/result.h"
#include "profiler/measure/run_work.h"
#include "profiler/measure/session_series.h"
#include "profiler/statistics/summary.h"

namespace anemon::profiler {
namespace {

double mb(double bytes) { return bytes / 1e6; }

// A number of the runner's process by what its system charges it for: macOS by its footprint, else
// what it holds in memory.
struct Charged {
  std::optional<uint64_t> now, peak;
  const char* name = "";
};
Charged charged(const std::optional<MemoryUse>& use) {
  if (!use) return {};
  if (use->footprint) return {use->footprint, use->peak_footprint, "footprint"};
  return {use->resident, use->peak_resident, "resident memory"};
}

// What the model added to a process that was there before it.
std::optional<double> growth(std::optional<uint64_t> later, std::optional<uint64_t> before) {
  if (!later || !before || *later <= *before) return std::nullopt;
  return mb(static_cast<double>(*later - *before));
}

void add_process(ProvenancedJson& memory, const ModelRun& run) {
  const Charged before = charged(run.memory_at_start);
  const Charged after = charged(run.memory_after ? run.memory_after : run.memory_loaded);
  const std::string why = !run.memory_after && !run.memory_loaded ? why_not_reached(run)
                          : !after.now || !before.now
                              ? "the runner does not tell its memory"
                              : "the runner's process did not grow with the model";
  const auto usage = growth(after.now, before.now);
  memory.number_or("memory_usage_mb", usage, Provenance::derived, why);
  // What a model holds was once its peak, whatever the system's sampling of peaks says.
  auto peak = growth(after.peak, before.now);
  if (peak && usage) peak = std::max(*peak, *usage);
  memory.number_or("peak_memory_mb", peak, Provenance::derived, why);
  if (usage) {
    memory.basis(
        "memory_usage_mb",
        fmt::format("{} of the runner's process {}, less what it was before the load", after.name,
                    run.memory_after ? "after the measured phase" : "after the load"));
  }
  if (peak) {
    memory.basis("peak_memory_mb",
                 fmt::format("highest {} of the runner's process, less what it was before the load",
                             after.name));
  }
  const auto whole = [&](const char* key, std::optional<uint64_t> bytes) {
    if (bytes) memory.number(key, Json(mb(static_cast<double>(*bytes))), Provenance::measured);
  };
  whole("process_memory_mb", after.now);
  whole("process_peak_memory_mb", after.peak);
}

void add_parts(ProvenancedJson& memory, const RunFacts& facts) {
  const ModelRun& run = facts.run;
  const auto work = work_of_run(facts);
  const auto part = [&](const char* key, std::optional<uint64_t> engine, const char* by_engine,
                        std::optional<uint64_t> file, Provenance provenance, const char* by_file) {
    if (engine) {
      memory.number(key, Json(mb(static_cast<double>(*engine))), Provenance::measured);
      memory.basis(key, by_engine);
    } else if (file) {
      memory.number(key, Json(mb(static_cast<double>(*file))), provenance);
      memory.basis(key, by_file);
    } else {
      memory.absent(key, why_no_work(facts));
    }
  };
  part("model_memory_mb", run.loaded ? run.loaded->weight_bytes : std::nullopt,
       "weights as the engine holds them",
       work ? std::optional(work->cost.weight_bytes_stored) : std::nullopt, Provenance::derived,
       "weights as the file holds them");
  const bool counted = work && work->cost.complete;
  part("activation_memory_mb", run.loaded ? run.loaded->activation_bytes : std::nullopt,
       "activations as the engine holds them",
       counted ? std::optional(work->peak_activation_bytes_min) : std::nullopt,
       Provenance::estimated, "the file's values that live at once, each reused when it is free");
}

bool may_use_ane(const ModelRun& run) {
  if (!run.hello) return false;
  const ComputeUnits units = run.request.units;
  const auto& can = run.hello->engine.compute_units;
  return (units == ComputeUnits::all || units == ComputeUnits::cpu_and_ane) &&
         std::ranges::find(can, ComputeUnits::cpu_and_ane) != can.end();
}

// What the Neural Engine moved to and from memory, by the daemon's counters.
std::optional<double> observed_bandwidth(const Observation& seen) {
  std::optional<double> sum;
  if (!seen.samples) return sum;
  for (const SampledSeries& each : series_of(*seen.samples, Metric::kAneBytes)) {
    if (each.label("path") != "memory") continue;
    if (const auto rate = rate_of(each.points)) sum = sum.value_or(0) + *rate;
  }
  return sum;
}

void add_traffic(ProvenancedJson& memory, const RunFacts& facts) {
  const ModelRun& run = facts.run;
  const bool ane = may_use_ane(run);
  const auto observed = ane ? observed_bandwidth(facts.seen) : std::nullopt;
  const auto work = work_of_run(facts);
  if (observed) {
    memory.number("bandwidth_bytes_per_second", Json(*observed), Provenance::derived);
    memory.basis("bandwidth_bytes_per_second",
                 "bytes the Neural Engine moved to and from memory, by the daemon's counters");
  } else if (work && work->cost.complete && !run.samples.total.empty()) {
    const models::OperationCost& cost = work->cost;
    const double bytes =
        static_cast<double>(run.request.items) *
        static_cast<double>(cost.weight_bytes_stored + cost.input_bytes + cost.output_bytes);
    const double mean = summarize(run.samples.total).mean;
    memory.number_or("bandwidth_bytes_per_second",
                     mean > 0 ? std::optional(bytes / mean) : std::nullopt, Provenance::estimated,
                     "the calls took no time");
    memory.basis("bandwidth_bytes_per_second",
                 "what the file's operations read and write over the time of a call, as if nothing "
                 "stayed in a cache");
  } else {
    memory.absent("bandwidth_bytes_per_second",
                  run.samples.total.empty() ? why_not_reached(run)
                  : work ? "shapes that are not known keep its bytes from being counted"
                         : why_no_work(facts));
  }
  const auto hits = ane ? ane_cache_hit_share(facts.seen) : std::nullopt;
  memory.number_or("cache_hit_share", hits, Provenance::estimated,
                   ane ? why_unread(facts.seen, Metric::kAneCacheHit)
                       : "it is known of the Neural Engine alone, which this run could not use");
}

void add_timeline(ProvenancedJson& memory, const RunFacts& facts) {
  const Observation& seen = facts.seen;
  if (seen.memory_bytes.empty()) return;
  // From the session's beginning to the first measured call's.
  const auto& done = facts.run.predicted;
  const double begins = done ? to_seconds(seen.began - done->origin) : 0;
  Json timeline = Json::array();
  for (const auto& [seconds, bytes] : seen.memory_bytes) {
    timeline.push_back(Json::array({begins + seconds, mb(bytes)}));
  }
  memory.number("timeline", std::move(timeline), Provenance::measured);
  memory.basis("timeline", "the runner's whole process, by the daemon");
}

}  // namespace

Json memory_section(const RunFacts& facts) {
  const ModelRun& run = facts.run;
  ProvenancedJson memory;
  add_process(memory, run);
  add_parts(memory, facts);
  const auto& use = run.memory_after ? run.memory_after : run.memory_loaded;
  std::optional<double> neural;
  if (use && use->neural_footprint) neural = mb(static_cast<double>(*use->neural_footprint));
  memory.number_or(
      "neural_footprint_mb", neural, Provenance::measured,
      use ? "the system does not tell it (macOS 15.4 and later do)" : why_not_reached(run));
  add_traffic(memory, facts);
  add_timeline(memory, facts);
  return memory.take();
}

}  // namespace anemon::profiler
