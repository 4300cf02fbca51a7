#include "sessions/session_summary.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "core/time_expression.h"
#include "sessions/inference_summary.h"
#include "sessions/interval_energy.h"
#include "sessions/missing.h"
#include "sessions/percentile.h"
#include "sessions/source_choice.h"

namespace anemon {
namespace {

using nlohmann::ordered_json;

constexpr size_t kMaxGaps = 100;  // listed; all are in the sum

ordered_json quantity(double value, Provenance provenance) {
  return {{"value", value}, {"provenance", to_string(provenance)}};
}

// A number computed from readings of several provenances is as good as the worst.
void worsen(std::string& all, std::string_view one) {
  if (all.empty() || trust_rank(one) > trust_rank(all)) all = one;
}

int64_t number_of(const std::string& pid) {
  int64_t number = 0;
  std::from_chars(pid.data(), pid.data() + pid.size(), number);
  return number;
}

struct Extent {
  double min = std::numeric_limits<double>::infinity();
  double max = -std::numeric_limits<double>::infinity();
  double mean = 0;
  double last = 0;
};

std::optional<Extent> extent(const SamplePoints& points) {
  if (points.empty()) return std::nullopt;
  Extent all;
  double sum = 0;
  double count = 0;
  for (const SamplePoint& point : points) {
    all.min = std::min(all.min, point.min);
    all.max = std::max(all.max, point.max);
    sum += point.mean * static_cast<double>(point.count);
    count += static_cast<double>(point.count);
  }
  all.mean = sum / count;
  all.last = points.back().last;
  return all;
}

class Summary {
 public:
  explicit Summary(const SessionData& session) : session_(session) {}

  ordered_json take() {
    times();
    energy();
    power();
    activity();
    temperatures();
    throttling();
    memory();
    tasks();
    out_["inference"] = summarize_inferences(session_);
    missing();
    return std::move(out_);
  }

 private:
  template <class Visit>
  void each(Metric metric, const Visit& visit) {
    for (const SessionSeries& series : session_.series) {
      if (series.known() == metric) visit(series);
    }
  }

  // Awake time between two moments of the session.
  double awake_between(SessionTime from, SessionTime to) const {
    SessionTime awake = to - from;
    for (const SessionSleep& sleep : session_.sleeps) {
      if (sleep.ends > from && sleep.ends <= to) awake -= sleep.duration;
    }
    return std::max(0.0, to_seconds(awake));
  }

  void times() {
    out_["duration_seconds"] = quantity(to_seconds(session_.row.length), Provenance::measured);
    double asleep = 0;
    for (const SessionSleep& sleep : session_.sleeps) asleep += to_seconds(sleep.duration);
    out_["asleep_seconds"] = quantity(asleep, Provenance::measured);
    std::vector<Interval> silent;
    auto gaps = ordered_json::array();
    for (const SessionGap& gap : session_.gaps) {
      silent.push_back({gap.begins, gap.ends});
      if (gaps.size() >= kMaxGaps) continue;
      gaps.push_back({{"from", format_time(session_.row.started + gap.begins)},
                      {"to", format_time(session_.row.started + gap.ends)},
                      {"collector", gap.collector}});
    }
    out_["gap_seconds"] = quantity(to_seconds(total(united(silent))), Provenance::derived);
    out_["gaps"] = std::move(gaps);
  }

  void energy() {
    auto rows = ordered_json::array();
    each(Metric::kEnergyJoules, [&](const SessionSeries& series) {
      const SamplePoints points = session_.points(series);
      if (points.size() < 2) return;
      const double covered = awake_between(points.front().at, points.back().at);
      if (covered <= 0) return;
      present_.emplace("energy", series.label("component"));
      std::string mean = series.provenance;
      worsen(mean, to_string(Provenance::derived));
      rows.push_back({{"component", series.label("component")},
                      {"source", series.label("source")},
                      {"joules", points.back().last},
                      {"mean_watts", points.back().last / covered},
                      {"covered_seconds", covered},
                      {"provenance", series.provenance},
                      {"provenances", {{"joules", series.provenance}, {"mean_watts", mean}}}});
    });
    out_["energy"] = std::move(rows);
  }

  void power() {
    auto rows = ordered_json::array();
    each(Metric::kPowerWatts, [&](const SessionSeries& series) {
      const SamplePoints points = session_.points(series);
      if (points.empty()) return;
      const Percentiles watts(weighted_by_span(series, points));
      double highest = points.front().max;
      uint64_t samples = 0;
      for (const SamplePoint& point : points) {
        highest = std::max(highest, point.max);
        samples += point.count;
      }
      present_.emplace("power", series.label("component"));
      rows.push_back({{"component", series.label("component")},
                      {"source", series.label("source")},
                      {"mean_watts", watts.mean()},
                      {"max_watts", highest},
                      {"p50_watts", watts.at(0.5)},
                      {"p95_watts", watts.at(0.95)},
                      {"p99_watts", watts.at(0.99)},
                      {"samples", samples},
                      {"provenance", series.provenance}});
    });
    out_["power"] = std::move(rows);
  }

  // Both series are set in the same passes and folded alike, so that their times are equal.
  std::vector<WeightedValue> weighted_by_span(const SessionSeries& power,
                                              const SamplePoints& points) {
    SamplePoints spans;
    each(Metric::kPowerSpan, [&](const SessionSeries& series) {
      if (series.labels == power.labels) spans = session_.points(series);
    });
    std::vector<WeightedValue> weighted;
    bool all_known = true;
    auto span = spans.begin();
    for (const SamplePoint& point : points) {
      span = std::find_if(span, spans.end(), [&](const auto& s) { return s.at >= point.at; });
      const bool known = span != spans.end() && span->at == point.at && span->mean > 0;
      all_known = all_known && known;
      weighted.push_back({point.mean, static_cast<double>(point.count) * (known ? span->mean : 1)});
    }
    if (all_known) return weighted;
    // Spans and plain counts do not mix.
    for (size_t i = 0; i < points.size(); ++i) {
      weighted[i].weight = static_cast<double>(points[i].count);
    }
    return weighted;
  }

  void activity() {
    auto rows = ordered_json::array();
    const auto add = [&](const SessionSeries& series, const char* place) {
      const auto ratio = extent(session_.points(series));
      if (!ratio) return;
      present_.emplace("activity", series.label(place));
      ordered_json row = {{place, series.label(place)}, {"signal", nullptr}};
      if (!series.label("signal").empty()) row["signal"] = series.label("signal");
      row["mean_ratio"] = ratio->mean;
      row["max_ratio"] = ratio->max;
      row["provenance"] = series.provenance;
      rows.push_back(std::move(row));
    };
    each(Metric::kActiveRatio, [&](const SessionSeries& series) { add(series, "domain"); });
    each(Metric::kAneActivity, [&](const SessionSeries& series) { add(series, "engine"); });
    out_["activity"] = std::move(rows);
  }

  void temperatures() {
    auto rows = ordered_json::array();
    each(Metric::kTemperature, [&](const SessionSeries& series) {
      const auto celsius = extent(session_.points(series));
      if (!celsius) return;
      present_.emplace("temperatures", series.label("component"));
      rows.push_back({{"component", series.label("component")},
                      {"sensor", series.label("sensor")},
                      {"mean_celsius", celsius->mean},
                      {"max_celsius", celsius->max},
                      {"provenance", series.provenance}});
    });
    out_["temperatures"] = std::move(rows);
  }

  void throttling() {
    auto events = ordered_json::array();
    each(Metric::kThrottleEvents, [&](const SessionSeries& series) {
      const auto count = extent(session_.points(series));
      if (!count) return;
      present_.emplace("throttling", series.label("component"));
      events.push_back({{"component", series.label("component")},
                        {"events", count->last},
                        {"provenance", series.provenance}});
    });
    out_["throttling"] = std::move(events);
    each(Metric::kThermalPressure, [&](const SessionSeries& series) {
      const auto level = extent(session_.points(series));
      if (!level) return;
      present_.emplace("thermal_pressure", "");
      out_["thermal_pressure"] = {{"max_level", level->max}, {"provenance", series.provenance}};
    });
  }

  void memory() {
    struct Column {
      Metric metric;
      const char* kind;
      const char* name;
      double Extent::*which;
    };
    static constexpr Column kColumns[] = {
        {Metric::kMemoryBytes, "total", "total_bytes", &Extent::last},
        {Metric::kMemoryBytes, "used", "max_used_bytes", &Extent::max},
        {Metric::kMemoryBytes, "available", "min_available_bytes", &Extent::min},
        {Metric::kSwapBytes, "used", "max_swap_used_bytes", &Extent::max},
    };
    ordered_json row, provenances;
    std::string worst;
    for (const Column& column : kColumns) {
      each(column.metric, [&](const SessionSeries& series) {
        if (series.label("kind") != column.kind) return;
        const auto bytes = extent(session_.points(series));
        if (!bytes) return;
        row[column.name] = *bytes.*column.which;
        provenances[column.name] = series.provenance;
        worsen(worst, series.provenance);
        if (column.metric == Metric::kMemoryBytes) present_.emplace("memory", "");
      });
    }
    if (row.empty()) return;
    row["provenance"] = worst;
    row["provenances"] = std::move(provenances);
    out_["memory"] = std::move(row);
  }

  void tasks() {
    struct Column {
      Metric metric;
      const char* name;
      double Extent::*which;
    };
    static constexpr Column kColumns[] = {
        {Metric::kTaskPeakResident, "peak_resident_bytes", &Extent::max},
        {Metric::kTaskResident, "max_resident_bytes", &Extent::max},
        {Metric::kTaskSwap, "max_swap_bytes", &Extent::max},
        {Metric::kTaskFootprint, "max_footprint_bytes", &Extent::max},
        {Metric::kTaskNeuralFootprintPeak, "peak_neural_footprint_bytes", &Extent::max},
        {Metric::kTaskCpuSeconds, "cpu_seconds", &Extent::last},
        {Metric::kTaskEnergy, "energy_joules", &Extent::last},
    };
    struct Process {
      ordered_json numbers, provenances;
      std::string worst;
    };
    std::map<std::pair<std::string, std::string>, Process> by_process;
    for (const Column& column : kColumns) {
      each(column.metric, [&](const SessionSeries& series) {
        const auto values = extent(session_.points(series));
        if (!values) return;
        Process& process =
            by_process[{std::string(series.label("pid")), std::string(series.label("process"))}];
        process.numbers[column.name] = *values.*column.which;
        process.provenances[column.name] = series.provenance;
        worsen(process.worst, series.provenance);
      });
    }
    auto rows = ordered_json::array();
    for (auto& [label, process] : by_process) {
      ordered_json row = {{"pid", number_of(label.first)}, {"process", label.second}};
      row.update(process.numbers);
      row["provenance"] = process.worst;
      row["provenances"] = std::move(process.provenances);
      rows.push_back(std::move(row));
      seen_pids_.insert(label.first);
    }
    out_["tasks"] = std::move(rows);
  }

  void missing() {
    auto rows = missing_rows(session_.row.signals, present_);
    for (const pid_t pid : session_.row.pids) {
      if (seen_pids_.count(std::to_string(pid)) > 0) continue;
      rows.push_back({{"what", "tasks"},
                      {"component", std::to_string(pid)},
                      {"source", nullptr},
                      {"reason", "no reading of this process during this session"},
                      {"state", "absent"}});
    }
    out_["missing"] = std::move(rows);
  }

  const SessionData& session_;
  ordered_json out_;
  Present present_;
  std::set<std::string> seen_pids_;
};

}  // namespace

ordered_json summarize(const SessionData& session) { return Summary(session).take(); }

ordered_json brief(const ordered_json& summary) {
  auto energy = ordered_json::object();
  auto power = ordered_json::object();
  const auto rows = summary.value("energy", ordered_json::array());
  std::map<std::string, int> ranks;
  for (const auto& row : rows) {
    const auto component = row.value("component", std::string());
    const int rank = trust_rank(row.value("provenance", std::string()));
    const auto known = ranks.find(component);
    if (known != ranks.end() && known->second <= rank) continue;
    ranks[component] = rank;
    energy[component] = row.at("joules");
    power[component] = row.at("mean_watts");
  }
  return {{"energy_joules", std::move(energy)}, {"mean_power_watts", std::move(power)}};
}

}  // namespace anemon
