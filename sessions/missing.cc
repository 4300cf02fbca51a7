#include "sessions/missing.h"

#include <map>
#include <nlohmann/json.hpp>

namespace anemon {
namespace {

using nlohmann::ordered_json;

struct Part {
  const char* name;
  Metric metric;
  bool expected;  // worth a row even when no signal speaks of it
};
constexpr Part kParts[] = {
    {"energy", Metric::kEnergyJoules, true},
    {"power", Metric::kPowerWatts, true},
    {"temperatures", Metric::kTemperature, true},
    {"activity", Metric::kActiveRatio, true},
    {"activity", Metric::kAneActivity, false},
    {"memory", Metric::kMemoryBytes, true},
    {"throttling", Metric::kThrottleEvents, false},
    {"thermal_pressure", Metric::kThermalPressure, false},
    {"fans", Metric::kFanSpeed, false},
    {"ane_memory", Metric::kAneMemory, false},
};

const char* part_of(Metric metric) {
  for (const Part& part : kParts) {
    if (part.metric == metric) return part.name;
  }
  return nullptr;
}

bool has_part(const Present& present, const std::string& part) {
  const auto found = present.lower_bound({part, ""});
  return found != present.end() && found->first == part;
}

}  // namespace

std::string unreadable_signals(const SignalBoard& board) {
  auto rows = ordered_json::array();
  for (const Signal& signal : board.signals()) {
    const char* part = part_of(signal.metric);
    if (part == nullptr || signal.state == SignalState::live) continue;
    rows.push_back({{"what", part},
                    {"component", signal.component},
                    {"source", signal.source},
                    {"reason", signal.reason},
                    {"state", to_string(signal.state)}});
  }
  return rows.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

ordered_json missing_rows(const std::string& unreadable, const Present& present) {
  auto rows = ordered_json::array();
  std::set<std::string> explained;
  auto kept = ordered_json::parse(unreadable, nullptr, false);
  if (!kept.is_array()) kept = ordered_json::array();
  for (auto& row : kept) {
    if (!row.is_object()) continue;
    const auto what = row.value("what", std::string());
    const auto component = row.value("component", std::string());
    // A source without a component speaks of the whole part: another source has it.
    if (component.empty() ? has_part(present, what) : present.count({what, component}) > 0) {
      continue;
    }
    if (component.empty()) row["component"] = nullptr;
    explained.insert(what);
    rows.push_back(std::move(row));
  }
  for (const Part& part : kParts) {
    if (!part.expected || has_part(present, part.name) || !explained.insert(part.name).second) {
      continue;
    }
    const bool derived = part.metric == Metric::kPowerWatts && !has_part(present, "energy");
    rows.push_back(
        {{"what", part.name},
         {"component", nullptr},
         {"source", nullptr},
         {"reason", derived ? "no energy to derive it from" : "no reading during this session"},
         {"state", "absent"}});
  }
  return rows;
}

}  // namespace anemon
