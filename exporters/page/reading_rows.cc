#include "exporters/page/reading_rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "exporters/page/amounts.h"

namespace anemon {
namespace {

// In the order of the page. Names of an engine's readings get the engine when there are several.
constexpr std::string_view kMean = "mean of 5 s";
constexpr ReadingRow kRows[] = {
    {Theme::power, Metric::kPowerWatts, "{0}", Amount::watts},
    {Theme::power, Metric::kOnBattery, "On battery", Amount::yes_no},
    {Theme::power, Metric::kLowPowerMode, "Low power mode", Amount::yes_no},
    {Theme::power, Metric::kPowerPeak, "{0}, highest in {1}", Amount::watts, Place::more},
    {Theme::neural_engine, Metric::kAneActivity, "{1}", Amount::ratio},
    {Theme::neural_engine, Metric::kAnePowered, "Powered", Amount::yes_no},
    {Theme::neural_engine, Metric::kAneBytes, "{2} {1}", Amount::bytes_per_second, Place::shown,
     kMean},
    {Theme::neural_engine, Metric::kAneThrottle, "Throttled by {1}", Amount::share_of_time,
     Place::shown, kMean},
    {Theme::neural_engine, Metric::kAneClients, "Programs that use it", Amount::count},
    {Theme::neural_engine, Metric::kAneNeuralFootprint, "Memory held for it", Amount::bytes},
    {Theme::neural_engine, Metric::kAneMemory, "Memory of its own", Amount::bytes},
    {Theme::neural_engine, Metric::kAneBandwidthClipped, "Bandwidth clipped, {1}", Amount::ratio,
     Place::more},
    {Theme::neural_engine, Metric::kAneCacheHit, "Served by the cache", Amount::ratio, Place::more},
    {Theme::neural_engine, Metric::kAneClientInfo, "[1] (pid [0])", Amount::presence, Place::more},
    {Theme::activity, Metric::kActiveRatio, "{0}", Amount::ratio, Place::shown, "active"},
    {Theme::activity, Metric::kLoad1, "Load over 1 minute", Amount::number},
    {Theme::activity, Metric::kTasks, "Processes", Amount::count},
    {Theme::activity, Metric::kLoad5, "Load over 5 minutes", Amount::number, Place::more},
    {Theme::activity, Metric::kLoad15, "Load over 15 minutes", Amount::number, Place::more},
    {Theme::clocks, Metric::kFrequency, "{0}", Amount::hertz},
    {Theme::clocks, Metric::kFrequencyLimit, "{0}, {1}", Amount::hertz, Place::more},
    {Theme::heat, Metric::kThermalPressure, "Thermal pressure", Amount::thermal_pressure},
    {Theme::heat, Metric::kTemperature, "{0} [1]", Amount::celsius},
    {Theme::heat, Metric::kFanSpeed, "{0}", Amount::rpm},
    {Theme::memory, Metric::kMemoryPressure, "Memory pressure", Amount::memory_pressure},
    {Theme::memory, Metric::kMemoryBytes, "{0}", Amount::bytes},
    {Theme::memory, Metric::kSwapBytes, "Swap, {0}", Amount::bytes, Place::more},
    {Theme::memory, Metric::kMemoryBandwidth, "{0} {1}", Amount::bytes_per_second, Place::more,
     kMean},
    {Theme::inference, Metric::kInferences, "[0] on [1]", Amount::count, Place::shown, "in all"},
    {Theme::inference, Metric::kInferenceErrors, "[0] on [1], failed", Amount::count, Place::shown,
     "in all"},
};

template <size_t N>
std::string level_text(const std::array<std::string_view, N>& levels, double value) {
  const auto level = static_cast<size_t>(value);
  if (value < 0 || value != std::floor(value) || level >= N || levels[level].empty()) {
    return short_number(value);
  }
  return std::string(levels[level]);
}

// Of metrics whose rows are named by labels.
std::string_view noun(Metric metric) {
  switch (metric) {
    case Metric::kPowerWatts:
      return "Power";
    case Metric::kAneActivity:
      return "Activity";
    case Metric::kAnePowered:
      return "Powered";
    case Metric::kAneBytes:
      return "Bandwidth";
    case Metric::kAneThrottle:
      return "Throttling";
    case Metric::kAneMemory:
      return "Memory of its own";
    case Metric::kActiveRatio:
      return "Active share";
    case Metric::kFrequency:
      return "Clocks";
    case Metric::kTemperature:
      return "Temperatures";
    case Metric::kFanSpeed:
      return "Fans";
    case Metric::kMemoryBytes:
      return "Memory";
    case Metric::kInferences:
      return "Inferences";
    case Metric::kInferenceErrors:
      return "Failed inferences";
    default:
      return info(metric).name;
  }
}

}  // namespace

std::span<const ReadingRow> reading_rows() { return kRows; }

std::string amount_text(Amount amount, double value) {
  switch (amount) {
    case Amount::watts:
      return watts_text(value);
    case Amount::ratio:
    case Amount::share_of_time:
      return ratio_text(value);
    case Amount::hertz:
      return hertz_text(value);
    case Amount::celsius:
      return fmt::format("{:.1f} °C", value);
    case Amount::bytes:
      return bytes_text(value);
    case Amount::bytes_per_second:
      return bytes_text(value) + "/s";
    case Amount::count:
      return fmt::format("{:.0f}", value);
    case Amount::number:
      return short_number(value);
    case Amount::rpm:
      return short_number(value) + " rpm";
    case Amount::yes_no:
      return value != 0 ? "yes" : "no";
    case Amount::thermal_pressure:
      return level_text<5>({"nominal", "moderate", "heavy", "trapping", "sleeping"}, value);
    case Amount::memory_pressure:
      return level_text<5>({"", "normal", "warning", "", "critical"}, value);
    case Amount::presence:
      return "present";
  }
  return {};
}

bool is_rate(Amount amount) {
  return amount == Amount::bytes_per_second || amount == Amount::share_of_time;
}

bool is_of_an_engine(Metric metric) {
  const std::string_view labels = info(metric).label_list;
  return labels.substr(0, labels.find(',')) == "engine";
}

std::string fill_name(std::string_view pattern, const std::vector<std::string>& labels) {
  std::string out;
  for (size_t i = 0; i < pattern.size(); ++i) {
    const bool spoken = pattern[i] == '{';
    if (!spoken && pattern[i] != '[') {
      out += pattern[i];
      continue;
    }
    const auto label = static_cast<size_t>(pattern[i + 1] - '0');
    if (label < labels.size()) out += spoken ? spoken_component(labels[label]) : labels[label];
    i += 2;
  }
  if (pattern[0] == '{' && !out.empty() && out[0] >= 'a' && out[0] <= 'z') {
    out[0] = static_cast<char>(out[0] - 'a' + 'A');
  }
  return out;
}

std::string name_of_absent(const ReadingRow& row, const std::string& component,
                           const std::string& part) {
  if (!part.empty()) return fill_name("{1}", {component, part});
  if (is_of_an_engine(row.metric)) return std::string(noun(row.metric));
  if (row.name.find_first_of("{[") == std::string_view::npos) {
    return std::string(row.name) + (component.empty() ? "" : ", " + component);
  }
  if (component.empty()) return std::string(noun(row.metric));
  return fill_name("{0}", {component});
}

std::string_view title(Theme theme) {
  static constexpr std::array<std::string_view, kThemes> kTitles = {
      "Power", "Neural Engine", "Activity", "Clocks", "Temperatures", "Memory", "Inference"};
  return kTitles[static_cast<size_t>(theme)];
}

std::string spoken_component(std::string_view component) {
  static constexpr std::pair<std::string_view, std::string_view> kNames[] = {
      {"ane", "Neural Engine"},
      {"cpu", "CPU"},
      {"gpu", "GPU"},
      {"dram", "DRAM"},
      {"system", "Whole system"},
      {"gfx", "GPU"},
      {"dcs_floor", "DCS floor"},
      {"fabric_floor", "fabric floor"},
      {"compute_engine", "compute engine"}};
  for (const auto& [name, spoken] : kNames) {
    if (component == name) return std::string(spoken);
  }
  if (component.size() > 3 && component.substr(0, 3) == "ane" &&
      component.find_first_not_of("0123456789", 3) == std::string_view::npos) {
    return "Neural Engine " + std::string(component.substr(3));
  }
  if (component.substr(0, 4) == "cpu-") {
    std::string text = "CPU " + std::string(component.substr(4));
    std::replace(text.begin(), text.end(), '-', ' ');
    return text;
  }
  return std::string(component);
}

}  // namespace anemon
