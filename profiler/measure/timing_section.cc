#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "core/provenanced_json.h"
#include "profiler/measure/result.h"
#include "profiler/measure/run_work.h"
#include "profiler/statistics/autocorrelation.h"
#include "profiler/statistics/outliers.h"
#include "profiler/statistics/percentile.h"
#include "profiler/statistics/summary.h"

namespace anemon::profiler {
namespace {

std::optional<double> ms(const std::optional<double>& seconds) {
  return seconds ? std::optional(to_ms(*seconds)) : std::nullopt;
}

void add_loading(ProvenancedJson& timing, const ModelRun& run) {
  if (!run.loaded) {
    for (const char* key : {"compilation_time_ms", "load_time_ms", "cached_load_time_ms"}) {
      timing.absent(key, why_not_reached(run));
    }
    return;
  }
  const LoadTimes& times = run.loaded->times;
  timing.number_or("compilation_time_ms",
                   times.compile ? std::optional(to_ms(*times.compile)) : std::nullopt,
                   Provenance::measured,
                   times.cached ? "what was compiled before was reused"
                                : "the engine compiled nothing before it loaded");
  timing.number("load_time_ms", Json(to_ms(times.load)), Provenance::measured);
  timing.basis("load_time_ms",
               times.cached ? "of what was compiled before" : "the first in a fresh runner");
  std::optional<double> cached;
  if (run.reloaded) {
    cached = to_ms(run.reloaded->load + run.reloaded->compile.value_or(Duration::zero()));
    timing.basis("cached_load_time_ms", "a second load in a fresh runner");
  }
  timing.number_or("cached_load_time_ms", cached, Provenance::measured,
                   run.why_not_reloaded.empty() ? "not measured" : run.why_not_reloaded);
}

void add_ramp(ProvenancedJson& timing, const ModelRun& run) {
  std::string why = why_not_reached(run);
  std::optional<double> ramp;
  if (run.warm_up) {
    ramp = run.warm_up->ramp_seconds;
    why = run.warm_up->verdict.reason;
  }
  timing.number_or("ramp_ms", ms(ramp), Provenance::derived, why);
}

void add_percentiles(ProvenancedJson& timing, const std::vector<double>& series) {
  Json values = Json::object();
  for (const Percentile& each : percentiles(series)) {
    const std::string name = fmt::format("p{:.0f}", each.q * 100);
    if (!each.value || !each.interval) {
      timing.absent(name.c_str(), fmt::format("it takes {} calls, of which there are {}",
                                              each.samples_needed, series.size()));
      continue;
    }
    values[name] = {{"value", to_ms(*each.value)},
                    {"low", to_ms(each.interval->low)},
                    {"high", to_ms(each.interval->high)}};
  }
  if (!values.empty()) timing.number("percentiles", std::move(values), Provenance::measured);
}

void add_measured(ProvenancedJson& timing, const std::vector<double>& series) {
  const Summary summary = summarize(series);
  timing.number("inference_time_ms", Json(to_ms(summary.median)), Provenance::measured);
  timing.basis("inference_time_ms", "median of the measured phase");
  timing.number("mean_ms", Json(to_ms(summary.mean)), Provenance::derived);
  timing.number("minimum_ms", Json(to_ms(summary.min)), Provenance::measured);
  timing.number("maximum_ms", Json(to_ms(summary.max)), Provenance::measured);
  if (series.size() > 1) {
    timing.number("standard_deviation_ms", Json(to_ms(summary.standard_deviation)),
                  Provenance::derived);
  }
  add_percentiles(timing, series);
}

void add_after_idle(ProvenancedJson& timing, const ModelRun& run) {
  Json values = Json::object();
  for (const AfterIdle& each : run.after_idle) {
    values[fmt::format("{:.6g}", each.idle)] = to_ms(each.latency);
  }
  if (!values.empty()) return timing.number("after_idle_ms", values, Provenance::measured);
  timing.absent("after_idle_ms", run.request.after_idle.empty() ? std::string("not asked for")
                                                                : why_not_reached(run));
}

void add_judgement(ProvenancedJson& timing, const ModelRun& run) {
  const std::vector<double>& series = run.samples.total;
  const uint64_t calls = run.predicted ? run.predicted->count : series.size();
  timing.number("iterations", Json(calls), Provenance::measured);
  timing.number("effective_samples", std::optional(mean_interval(series).effective_samples),
                Provenance::derived);
  const Steadiness verdict = judge_run(series);
  if (verdict.stability != Stability::too_few) {
    timing.set("steady", verdict.stability == Stability::steady);
  }
  std::string words = verdict.reason;
  if (run.warm_up && run.warm_up->verdict.stability != Stability::steady) {
    words += fmt::format("; the warm-up was {}", run.warm_up->verdict.reason);
  }
  timing.text("steadiness", words);
  timing.text("outliers", find_outliers(series).words);
}

}  // namespace

Json timing_section(const RunFacts& facts) {
  const ModelRun& run = facts.run;
  ProvenancedJson timing;
  add_loading(timing, run);
  timing.number_or("first_inference_ms", ms(run.first_inference), Provenance::measured,
                   why_not_reached(run));
  add_ramp(timing, run);
  if (run.samples.total.empty()) {
    timing.absent("inference_time_ms", why_not_reached(run));
    timing.absent("percentiles", why_not_reached(run));
  } else {
    add_measured(timing, run.samples.total);
  }
  add_after_idle(timing, run);
  if (!run.samples.total.empty()) add_judgement(timing, run);
  return timing.take();
}

}  // namespace anemon::profiler
