#include "sessions/inference_summary.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "sessions/interval_energy.h"
#include "sessions/percentile.h"
#include "sessions/source_choice.h"

namespace anemon {
namespace {

using nlohmann::ordered_json;

// What is kept of a model while its inferences go by: never the inferences themselves, of which a
// session may have a million.
struct ModelRuns {
  const SessionModel* model;
  InferenceCursor inferences;
  SessionInference next;
  bool more = false;

  DurationPercentiles latencies;  // of successes
  std::map<std::string, uint64_t> items;
  uint64_t errors = 0;
  Interval open;  // the stretch without a pause that the newest inference belongs to
  std::optional<SessionTime> first_begin;
  SessionTime busy{};               // of closed stretches
  std::vector<EnergyShare> energy;  // of them, by series
  bool overlaps = false;            // another model ran at the same time

  uint64_t count() const { return latencies.count() + errors; }
};

struct EnergySeries {
  std::string component;
  SamplePoints points;
  SessionTime step{};  // mean distance of its points
};

std::vector<EnergySeries> energy_of(const SessionData& session) {
  std::vector<EnergySeries> energy;
  for (const auto& [component, series] : trusted_sources(session.series, Metric::kEnergyJoules)) {
    EnergySeries one{component, session.points(*series), {}};
    if (one.points.size() < 2) continue;
    one.step = (one.points.back().at - one.points.front().at) /
               static_cast<int64_t>(one.points.size() - 1);
    energy.push_back(std::move(one));
  }
  return energy;
}

void close_stretch(ModelRuns& runs, const std::vector<EnergySeries>& energy) {
  runs.busy += runs.open.ends - runs.open.begins;
  for (size_t i = 0; i < energy.size(); ++i) {
    const EnergyShare share = energy_within(energy[i].points, {runs.open});
    runs.energy[i].joules += share.joules;
    runs.energy[i].covered += share.covered;
  }
}

// By begin, over all models.
void take(const SessionInference& inference, ModelRuns& runs, std::vector<ModelRuns>& all,
          const std::vector<EnergySeries>& energy) {
  for (const auto& [kind, count] : inference.items) runs.items[kind] += count;
  if (inference.ok) {
    runs.latencies.add(inference.duration);
  } else {
    ++runs.errors;
  }
  const Interval interval{inference.begins, inference.ends()};
  for (ModelRuns& other : all) {
    if (&other == &runs || !other.first_begin || !overlap(other.open, interval)) continue;
    other.overlaps = runs.overlaps = true;
  }
  if (!runs.first_begin) {
    runs.first_begin = interval.begins;
    runs.open = interval;
  } else if (interval.begins <= runs.open.ends) {
    runs.open.ends = std::max(runs.open.ends, interval.ends);
  } else {
    close_stretch(runs, energy);
    runs.open = interval;
  }
}

std::vector<ModelRuns> all_runs(const SessionData& session,
                                const std::vector<EnergySeries>& energy) {
  std::vector<ModelRuns> all;
  for (const SessionModel& model : session.models) {
    ModelRuns runs;
    runs.model = &model;
    runs.inferences = session.inferences(model);
    runs.more = runs.inferences(runs.next);
    runs.energy.resize(energy.size());
    if (runs.more) all.push_back(std::move(runs));
  }
  while (true) {
    ModelRuns* earliest = nullptr;
    for (ModelRuns& runs : all) {
      if (!runs.more) continue;
      if (earliest == nullptr || runs.next.begins < earliest->next.begins) earliest = &runs;
    }
    if (earliest == nullptr) break;
    take(earliest->next, *earliest, all, energy);
    earliest->more = earliest->inferences(earliest->next);
  }
  for (ModelRuns& runs : all) {
    close_stretch(runs, energy);
    runs.latencies.sort();
  }
  return all;
}

void add_energy(const ModelRuns& runs, const std::vector<EnergySeries>& energy, ordered_json& row) {
  row["energy_per_inference_joules"] = nullptr;
  const auto refuse = [&](const char* reason) { row["energy_reason"] = reason; };
  if (energy.empty()) return refuse("no energy readings in this session");
  if (runs.overlaps) return refuse("other models ran at the same time");
  auto joules = ordered_json::object();
  for (size_t i = 0; i < energy.size(); ++i) {
    const EnergyShare& share = runs.energy[i];
    if (share.covered < energy[i].step || share.covered * 2 < runs.busy) continue;
    joules[energy[i].component] = share.joules * static_cast<double>(runs.busy.count()) /
                                  static_cast<double>(share.covered.count()) /
                                  static_cast<double>(runs.count());
  }
  if (joules.empty()) return refuse("inferences too short or too few for the energy readings");
  row["energy_per_inference_joules"] = std::move(joules);
  row["energy_reason"] = nullptr;
}

ordered_json row_of(const ModelRuns& runs) {
  ordered_json row;
  row["model"] = runs.model->name;
  row["compute_unit"] = runs.model->compute_unit;
  row["count"] = runs.count();
  row["errors"] = runs.errors;
  row["items"] = runs.items;
  row["latency_seconds"] = nullptr;
  row["throughput_per_second"] = nullptr;
  if (const DurationPercentiles& latency = runs.latencies; latency.count() > 0) {
    row["latency_seconds"] = {
        {"mean", latency.mean_seconds()},      {"p50", to_seconds(latency.at(0.5))},
        {"p90", to_seconds(latency.at(0.9))},  {"p95", to_seconds(latency.at(0.95))},
        {"p99", to_seconds(latency.at(0.99))}, {"max", to_seconds(latency.max())}};
    const SessionTime span = runs.open.ends - *runs.first_begin;
    if (span > SessionTime::zero()) {
      row["throughput_per_second"] = static_cast<double>(latency.count()) / to_seconds(span);
    }
  }
  row["busy_seconds"] = to_seconds(runs.busy);
  return row;
}

// Clients measure what they report; the rest is computed from it, and energy is shared out.
ordered_json provenances() {
  constexpr std::pair<const char*, Provenance> kNumbers[] = {
      {"count", Provenance::measured},
      {"errors", Provenance::measured},
      {"items", Provenance::measured},
      {"latency_seconds", Provenance::measured},
      {"throughput_per_second", Provenance::derived},
      {"busy_seconds", Provenance::derived},
      {"energy_per_inference_joules", Provenance::estimated}};
  ordered_json all;
  for (const auto& [name, provenance] : kNumbers) all[name] = to_string(provenance);
  return all;
}

}  // namespace

ordered_json summarize_inferences(const SessionData& session) {
  auto rows = ordered_json::array();
  if (session.models.empty()) return rows;
  const auto energy = energy_of(session);
  for (const ModelRuns& runs : all_runs(session, energy)) {
    ordered_json row = row_of(runs);
    add_energy(runs, energy, row);
    row["provenance"] = "derived";
    row["energy_provenance"] = "estimated";
    row["provenances"] = provenances();
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace anemon
