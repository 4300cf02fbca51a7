#include "sessions/inference_summary.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "sessions/interval_energy.h"
#include "sessions/percentile.h"
#include "sessions/source_choice.h"

namespace anemon {
namespace {

using nlohmann::ordered_json;

struct ModelRuns {
  const SessionModel* model;
  std::vector<Interval> busy;  // united
  std::vector<double> latencies;
  std::map<std::string, uint64_t> items;
  uint64_t errors = 0;
};

ModelRuns runs_of(const SessionModel& model, const std::vector<SessionInference>& inferences) {
  ModelRuns runs;
  runs.model = &model;
  runs.latencies.reserve(inferences.size());
  std::vector<Interval> intervals;
  intervals.reserve(inferences.size());
  for (const SessionInference& inference : inferences) {
    intervals.push_back({inference.begins, inference.ends()});
    for (const auto& [kind, count] : inference.items) runs.items[kind] += count;
    if (inference.ok) {
      runs.latencies.push_back(to_seconds(inference.duration));
    } else {
      ++runs.errors;
    }
  }
  runs.busy = united(std::move(intervals));
  return runs;
}

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

void add_energy(const ModelRuns& runs, const std::vector<ModelRuns>& all,
                const std::vector<EnergySeries>& energy, ordered_json& row) {
  row["energy_per_inference_joules"] = nullptr;
  const auto refuse = [&](const char* reason) { row["energy_reason"] = reason; };
  if (energy.empty()) return refuse("no energy readings in this session");
  for (const ModelRuns& other : all) {
    if (&other != &runs && overlap(other.busy, runs.busy)) {
      return refuse("other models ran at the same time");
    }
  }
  const SessionTime busy = total(runs.busy);
  const double count = static_cast<double>(runs.latencies.size() + runs.errors);
  auto joules = ordered_json::object();
  for (const EnergySeries& series : energy) {
    const EnergyShare share = energy_within(series.points, runs.busy);
    if (share.covered < series.step || share.covered * 2 < busy) continue;
    joules[series.component] = share.joules * static_cast<double>(busy.count()) /
                               static_cast<double>(share.covered.count()) / count;
  }
  if (joules.empty()) return refuse("inferences too short or too few for the energy readings");
  row["energy_per_inference_joules"] = std::move(joules);
  row["energy_reason"] = nullptr;
}

ordered_json row_of(const ModelRuns& runs) {
  ordered_json row;
  row["model"] = runs.model->name;
  row["compute_unit"] = runs.model->compute_unit;
  row["count"] = runs.latencies.size() + runs.errors;
  row["errors"] = runs.errors;
  row["items"] = runs.items;
  row["latency_seconds"] = nullptr;
  row["throughput_per_second"] = nullptr;
  if (!runs.latencies.empty()) {
    const Percentiles latency(runs.latencies);
    row["latency_seconds"] = {{"mean", latency.mean()},  {"p50", latency.at(0.5)},
                              {"p90", latency.at(0.9)},  {"p95", latency.at(0.95)},
                              {"p99", latency.at(0.99)}, {"max", latency.max()}};
    const SessionTime span = runs.busy.back().ends - runs.busy.front().begins;
    if (span > SessionTime::zero()) {
      row["throughput_per_second"] = static_cast<double>(runs.latencies.size()) / to_seconds(span);
    }
  }
  row["busy_seconds"] = to_seconds(total(runs.busy));
  return row;
}

}  // namespace

ordered_json summarize_inferences(const SessionData& session) {
  std::vector<ModelRuns> all;
  for (const SessionModel& model : session.models) {
    const auto inferences = session.inferences(model);
    if (!inferences.empty()) all.push_back(runs_of(model, inferences));
  }
  auto rows = ordered_json::array();
  if (all.empty()) return rows;
  const auto energy = energy_of(session);
  for (const ModelRuns& runs : all) {
    ordered_json row = row_of(runs);
    add_energy(runs, all, energy, row);
    row["provenance"] = "derived";
    row["energy_provenance"] = "estimated";
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace anemon
