#include "profiler/measure/run_work.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "models/analysis/cost.h"

namespace anemon::profiler {
namespace {

// Of functions that are parts of one prediction.
ModelTotals sum_of(const std::vector<StudiedFunction>& functions) {
  ModelTotals totals;
  for (const StudiedFunction& each : functions) {
    totals.has_network = true;
    models::add(totals.cost, each.analysis->total);
    totals.peak_activation_bytes_min =
        std::max(totals.peak_activation_bytes_min, each.analysis->peak_activation_bytes_min);
    totals.peak_activation_bytes_max =
        std::max(totals.peak_activation_bytes_max, each.analysis->peak_activation_bytes_max);
  }
  return totals;
}

}  // namespace

std::vector<StudiedFunction> functions_of_run(const RunFacts& facts, bool placed) {
  std::vector<StudiedFunction> of_run;
  if (facts.study == nullptr) return of_run;
  const std::string& asked = facts.run.request.function;
  std::set<const models::Model*> taken;
  for (StudiedFunction& each : facts.study->functions(placed)) {
    const bool own = each.model == &facts.study->model();
    if (own && !asked.empty() && each.analysis->function->name != asked) continue;
    if (taken.insert(each.model).second) of_run.push_back(std::move(each));
  }
  return of_run;
}

std::optional<ModelTotals> work_of_run(const RunFacts& facts) {
  const ModelTotals totals = sum_of(functions_of_run(facts, false));
  return totals.has_network ? std::optional(totals) : std::nullopt;
}

std::string why_no_work(const RunFacts& facts) {
  if (facts.study == nullptr) return facts.why_no_study;
  return fmt::format("there is no network in a model of kind {}", facts.study->model().kind);
}

std::optional<uint64_t> macs_of_run(const RunFacts& facts) {
  const auto work = work_of_run(facts);
  if (!work || !work->cost.complete || work->cost.macs == 0) return std::nullopt;
  return work->cost.macs;
}

std::string why_no_macs(const RunFacts& facts) {
  const auto work = work_of_run(facts);
  if (!work) return why_no_work(facts);
  if (!work->cost.complete) return "shapes that are not known keep its work from being counted";
  return "the model multiplies no matrices";
}

double to_ms(double seconds) { return std::round(seconds * 1e9) / 1e6; }
double to_ms(Duration time) { return to_ms(to_seconds(time)); }

std::string why_not_reached(const ModelRun& run) {
  if (run.ok()) return "not measured";
  return fmt::format("the run ended before: {} in phase {}", name_of(run.end.outcome),
                     name_of(run.end.phase));
}

}  // namespace anemon::profiler
