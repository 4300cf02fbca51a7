#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/provenanced_json.h"
#include "profiler/measure/ane_signals.h"
#include "profiler/measure/own_chip.h"
#include "profiler/measure/result.h"
#include "profiler/measure/run_work.h"

namespace anemon::profiler {
namespace {

bool can_use_ane(const EngineFacts& engine) {
  return std::ranges::any_of(engine.compute_units, [](ComputeUnits units) {
    return units == ComputeUnits::all || units == ComputeUnits::cpu_and_ane;
  });
}

// Of what ran. A prediction for another machine's chip says nothing of this one.
std::optional<PredictedPlacement> predicted(const RunFacts& facts) {
  if (!facts.study || !predicted_for_this_machine(*facts.study)) return std::nullopt;
  std::optional<PredictedPlacement> sum;
  for (const StudiedFunction& each : functions_of_run(facts, true)) {
    if (!each.placement) continue;
    const PredictedPlacement one = count_placement(*each.placement);
    if (!sum) sum = PredictedPlacement{0, 0, 0, false};
    sum->on_ane += one.on_ane;
    sum->elsewhere += one.elsewhere;
    sum->undecided += one.undecided;
    sum->possible = sum->possible || one.possible;
  }
  return sum;
}

}  // namespace

Json reconciliation_section(const RunFacts& facts) {
  ProvenancedJson out;
  const auto& hello = facts.run.hello;
  if (!hello) {
    out.absent("verdict", "the run ended before its engine was known");
    return out.take();
  }
  if (!can_use_ane(hello->engine)) {
    out.absent("verdict", fmt::format("{} does not use the Neural Engine", hello->engine.name));
    return out.take();
  }
  Evidence evidence;
  evidence.units = facts.run.request.units;
  evidence.plan = facts.run.plan;
  evidence.why_no_plan = facts.run.why_no_plan;
  evidence.prediction = predicted(facts);
  evidence.signals = ane_signals(facts.seen);
  const Reconciliation verdict = reconcile(evidence);
  out.text("verdict", to_string(verdict.verdict));
  out.text("words", verdict.text);
  Json notes = Json::array();
  for (const std::string& note : verdict.notes) notes.push_back(clean_json_text(note));
  if (!notes.empty()) out.set("notes", std::move(notes));
  return out.take();
}

}  // namespace anemon::profiler
