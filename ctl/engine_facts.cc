#include "ctl/engine_facts.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <set>

#include "core/json_access.h"
#include "ctl/numbers.h"

namespace anemon {

const std::vector<std::string> kEngineMetrics = {"anemon_host_info",
                                                 "anemon_power_watts",
                                                 "anemon_power_span_seconds",
                                                 "anemon_ane_activity_ratio",
                                                 "anemon_temperature_celsius",
                                                 "anemon_thermal_pressure_level",
                                                 "anemon_signal_state{component=\"ane\"}"};

std::string chip_name(const MetricsSnapshot& now) {
  for (const Json& reading : now.values("anemon_host_info")) {
    const bool recorded = text(reading, "/labels/replay") == "true";
    return text(reading, "/labels/chip") + (recorded ? " (a recording)" : "");
  }
  return {};
}

std::string ane_power_text(const MetricsSnapshot& now) {
  for (const Json& reading : now.values("anemon_power_watts")) {
    const auto watts = number(reading, "/value");
    if (!watts || text(reading, "/labels/component") != "ane") continue;
    const std::string source = text(reading, "/labels/source");
    const auto span =
        now.value("anemon_power_span_seconds", {{"component", "ane"}, {"source", source}});
    return fmt::format("{}{:.2f} W ({}{})", is_estimated(reading) ? "~" : "", *watts, source,
                       span ? ", mean over " + span_text(span) : "");
  }
  // The source that came nearest to a reading knows best why there is none.
  static constexpr std::array<std::string_view, 6> kTelling = {"gated",    "frozen",  "stale",
                                                               "unproven", "refused", "absent"};
  for (const std::string_view state : kTelling) {
    for (const Json& signal : now.values("anemon_signal_state")) {
      if (text(signal, "/labels/signal") != "anemon_energy_joules_total" ||
          text(signal, "/labels/component") != "ane" || text(signal, "/labels/state") != state) {
        continue;
      }
      return fmt::format("-  {}: {} ({})", state, text(signal, "/labels/reason"),
                         text(signal, "/labels/source"));
    }
  }
  return {};
}

std::string ane_activity_text(const MetricsSnapshot& now) {
  std::set<std::string> engines;
  for (const Json& reading : now.values("anemon_ane_activity_ratio")) {
    engines.insert(text(reading, "/labels/engine"));
  }
  std::string line;
  for (const Json& reading : now.values("anemon_ane_activity_ratio")) {
    const auto ratio = number(reading, "/value");
    if (!ratio) continue;
    const std::string engine = engines.size() > 1 ? text(reading, "/labels/engine") + " " : "";
    line += fmt::format("{}{}{} {:.1f} %", line.empty() ? "" : "  ", engine,
                        text(reading, "/labels/signal"), *ratio * 100);
  }
  return line;
}

std::string heat_text(const MetricsSnapshot& now) {
  std::vector<std::pair<std::string, double>> hottest;
  for (const Json& reading : now.values("anemon_temperature_celsius")) {
    const auto celsius = number(reading, "/value");
    const std::string component = text(reading, "/labels/component");
    if (!celsius) continue;
    const auto found =
        std::ranges::find(hottest, component, &std::pair<std::string, double>::first);
    if (found == hottest.end()) {
      hottest.emplace_back(component, *celsius);
    } else {
      found->second = std::max(found->second, *celsius);
    }
  }
  std::string line;
  for (const auto& [component, celsius] : hottest) {
    line += fmt::format("{}{} {:.1f} C", line.empty() ? "" : "  ", component, celsius);
  }
  static constexpr std::array<const char*, 5> kLevels = {"nominal", "moderate", "heavy", "trapping",
                                                         "sleeping"};
  const auto level = now.value("anemon_thermal_pressure_level");
  if (level && *level >= 0 && *level < static_cast<double>(kLevels.size())) {
    line += fmt::format("{}pressure {}", line.empty() ? "" : "  ",
                        kLevels[static_cast<size_t>(*level)]);
  }
  return line;
}

}  // namespace anemon
