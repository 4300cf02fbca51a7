// Documents of a session as a daemon writes them, made by hand.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "core/json.h"

namespace anemon::test {

// A series of anemon.series/1 with a raw sample at each time.
inline Json series(const std::string& metric, const Json& labels,
                   const std::vector<std::pair<double, double>>& points,
                   const std::string& provenance = "measured") {
  Json rows = Json::array();
  for (const auto& [time, value] : points) {
    rows.push_back(Json::array({time, value, value, value, value, 1}));
  }
  return {{"metric", metric}, {"labels", labels}, {"provenance", provenance}, {"points", rows}};
}

inline Json samples(Json all) {
  return {{"schema", "anemon.series/1"},
          {"columns", {"time", "last", "min", "max", "mean", "count"}},
          {"series", std::move(all)}};
}

// A counter that grows by `watts` a second, and its power, every second from `from` on.
inline void add_component(Json& all, const std::string& component, double watts, double from,
                          int count, const std::string& source = "ioreport") {
  std::vector<std::pair<double, double>> energy, power, spans;
  for (int i = 0; i < count; ++i) {
    energy.emplace_back(from + i, watts * i);
    power.emplace_back(from + i, watts);
    spans.emplace_back(from + i, 1);
  }
  const Json labels = {{"component", component}, {"source", source}};
  all.push_back(series("anemon_energy_joules_total", labels, energy, "estimated"));
  all.push_back(series("anemon_power_watts", labels, power, "estimated"));
  all.push_back(series("anemon_power_span_seconds", labels, spans));
}

inline Json energy_row(const std::string& component, double watts, double seconds,
                       const std::string& provenance = "estimated") {
  return {{"component", component}, {"source", "ioreport"},       {"joules", watts * seconds},
          {"mean_watts", watts},    {"covered_seconds", seconds}, {"provenance", provenance}};
}

}  // namespace anemon::test
