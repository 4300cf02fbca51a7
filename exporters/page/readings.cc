#include "exporters/page/readings.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "exporters/page/amounts.h"

namespace anemon {
namespace {

enum class Amount : uint8_t {
  watts,
  ratio,
  hertz,
  celsius,
  bytes,
  bytes_per_second,  // of a counter
  share_of_time,     // of a counter of seconds
  number,
  count,
  rpm,
  yes_no,
  thermal_pressure,
  memory_pressure,
  presence,  // the labels are the reading
};

enum class Place : uint8_t { shown, more };

struct Row {
  Theme theme;
  Metric metric;
  std::string_view name;  // {0}: a label of the series, spoken; [0]: as it is
  Amount amount;
  Place place = Place::shown;
  std::string_view note = {};
};

constexpr Duration kRateSpan = std::chrono::seconds(5);

// In the order of the page. Names of an engine's readings get the engine when there are several.
constexpr std::string_view kMean = "mean of 5 s";
constexpr Row kRows[] = {
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
    {Theme::activity, Metric::kActiveRatio, "{0} active", Amount::ratio},
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

bool is_of_an_engine(Metric metric) {
  const std::string_view labels = info(metric).label_list;
  return labels.substr(0, labels.find(',')) == "engine";
}

template <size_t N>
std::string level_text(const std::array<std::string_view, N>& levels, double value) {
  const auto level = static_cast<size_t>(value);
  if (value < 0 || value != std::floor(value) || level >= N || levels[level].empty()) {
    return short_number(value);
  }
  return std::string(levels[level]);
}

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

// A counter's increase a second over the last kRateSpan, as far back as the ring and the series go.
std::optional<double> recent_rate(const SeriesGroup& group, const SeriesGroup::Entry& entry,
                                  Instant now) {
  const auto newest = group.newest_pass(now);
  if (!newest || *newest < entry.born_pass) return std::nullopt;
  const Instant end = group.time_of(*newest);
  const double last = group.value(*newest, entry.slot);
  const uint64_t first_pass = std::max(group.oldest_pass(), entry.born_pass);
  std::optional<double> rate;
  double later = last;
  for (uint64_t pass = *newest; pass > first_pass;) {
    const double value = group.value(--pass, entry.slot);
    const Duration span = end.awake - group.time_of(pass).awake;
    if (std::isnan(value) || value > later || !group.readable(pass)) break;
    later = value;
    if (span > Duration::zero()) rate = (last - value) / to_seconds(span);
    if (span >= kRateSpan) break;
  }
  return rate;
}

std::string filled(std::string_view pattern, const std::vector<std::string>& labels) {
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

class Gatherer {
 public:
  Gatherer(const Sources& sources, const std::vector<Signal>& signals, Instant now)
      : sources_(sources), signals_(signals), now_(now) {}

  PageReadings gather() {
    read_store();
    for (size_t row = 0; row < std::size(kRows); ++row) place(row);
    rank_processes();
    return std::move(out_);
  }

 private:
  void read_store() {
    for_each_current(sources_.store, now_,
                     [&](const SeriesGroup& group, const SeriesGroup::Entry& entry, Instant at,
                         double value) { take(group, entry, at, value); });
  }

  void take(const SeriesGroup& group, const SeriesGroup::Entry& entry, Instant at, double value) {
    const SeriesDescription& series = *entry.description;
    if (take_process(series, value)) return;
    const auto row = std::find_if(std::begin(kRows), std::end(kRows),
                                  [&](const Row& one) { return one.metric == series.metric; });
    if (row == std::end(kRows)) return;
    PageReading reading{series.metric, {}, {}, {}, {}, {}, value, series.provenance};
    if (is_rate(row->amount)) {
      const auto rate = recent_rate(group, entry, now_);
      if (!rate) {
        reading.state = "starting";
        reading.reason = "needs two readings";
      }
      reading.number = rate.value_or(0);
      reading.provenance = std::max(series.provenance, Provenance::derived);
    }
    if (!series.label_values.empty()) reading.component = series.label_values[0];
    if (series.label_values.size() > 1) {
      reading.path = reading.component + "/" + series.label_values[1];
    }
    reading.name = filled(row->name, series.label_values);
    reading.note = row->note;
    if (is_of_an_engine(series.metric)) engines_.insert(reading.component);
    if (reading.state.empty()) reading.value = amount_text(row->amount, reading.number);
    if (row->amount == Amount::ratio ||
        (row->amount == Amount::share_of_time && reading.state.empty())) {
      reading.share = reading.number;
    }
    const Duration age = now_.awake - at.awake;
    if (age > std::max<Duration>(2 * group.period(), std::chrono::seconds(2))) reading.age = age;
    found_[static_cast<size_t>(row - std::begin(kRows))].push_back(std::move(reading));
  }

  bool take_process(const SeriesDescription& series, double value) {
    std::optional<double> PageProcess::*member = nullptr;
    if (series.metric == Metric::kTaskResident) member = &PageProcess::resident;
    if (series.metric == Metric::kTaskFootprint) member = &PageProcess::footprint;
    if (series.metric == Metric::kTaskNeuralFootprint) member = &PageProcess::neural;
    if (series.metric == Metric::kTaskThreads) member = &PageProcess::threads;
    if (member == nullptr) return false;
    PageProcess& process = processes_[{series.label_values[0], series.label_values[1]}];
    process.pid = series.label_values[0];
    process.name = series.label_values[1];
    process.*member = value;
    process.provenance = std::max(process.provenance, series.provenance);
    return true;
  }

  void place(size_t index) {
    const Row& row = kRows[index];
    std::vector<PageReading>& readings = found_[index];
    if (row.metric == Metric::kTemperature) {  // the hottest are what one looks for
      std::stable_sort(readings.begin(), readings.end(),
                       [](const auto& a, const auto& b) { return a.number > b.number; });
    }
    if (row.metric == Metric::kPowerWatts) add_shares(readings);
    if (row.metric == Metric::kMemoryBytes) add_shares_of_total(readings);
    if (row.place == Place::shown) add_absent(row, readings);
    PageReadings::Group& group = out_.themes[static_cast<size_t>(row.theme)];
    // One metric with many series leaves room for the theme's other metrics.
    const size_t own_share = row.metric == Metric::kTemperature ? 6 : PageReadings::kMaxShown;
    size_t taken = 0;
    for (PageReading& reading : readings) {
      if (engines_.size() > 1 && is_of_an_engine(row.metric)) {
        reading.name += ", " + spoken_component(reading.component);
      }
      if (row.place == Place::shown && group.shown.size() < PageReadings::kMaxShown &&
          taken++ < own_share) {
        group.shown.push_back(std::move(reading));
      } else if (group.more.size() < PageReadings::kMaxMore) {
        group.more.push_back(std::move(reading));
      } else {
        ++group.left_out;
      }
    }
  }

  static void add_shares(std::vector<PageReading>& readings) {
    double most = 0;
    for (const PageReading& reading : readings) most = std::max(most, reading.number);
    if (most <= 0) return;
    for (PageReading& reading : readings) reading.share = reading.number / most;
  }

  static void add_shares_of_total(std::vector<PageReading>& readings) {
    const auto total = std::find_if(readings.begin(), readings.end(),
                                    [](const auto& one) { return one.component == "total"; });
    if (total == readings.end() || total->number <= 0) return;
    const double whole = total->number;
    for (PageReading& reading : readings) {
      if (reading.component != "total") reading.share = reading.number / whole;
    }
  }

  // A signal that is not live gets a row unless another source or signal stands in for it. Its
  // component is the value of the labels, joined by a slash.
  void add_absent(const Row& row, std::vector<PageReading>& readings) const {
    const size_t present = readings.size();
    for (const Signal& signal : signals_) {
      if (signal.metric != row.metric || signal.state == SignalState::live) continue;
      const std::string component = signal.component.substr(0, signal.component.find('/'));
      const std::string part = component.size() < signal.component.size()
                                   ? signal.component.substr(component.size() + 1)
                                   : std::string();
      const auto stands_in = [&](const PageReading& one) {
        if (!part.empty()) return one.path == signal.component;
        return component.empty() || one.component == component;
      };
      if (std::any_of(readings.begin(), readings.begin() + static_cast<std::ptrdiff_t>(present),
                      stands_in)) {
        continue;
      }
      PageReading absent{row.metric, component, signal.component, {}, {}, {}, 0, signal.provenance};
      absent.name = absent_name(row, component, part);
      absent.state = to_string(signal.state);
      absent.reason = signal.reason;
      const auto same =
          std::find_if(readings.begin() + static_cast<std::ptrdiff_t>(present), readings.end(),
                       [&](const PageReading& one) { return one.name == absent.name; });
      if (same == readings.end()) {
        readings.push_back(std::move(absent));
      } else if (same->reason.find(absent.reason) == std::string::npos) {
        same->reason += "; " + absent.reason;  // of another source
      }
    }
  }

  static std::string absent_name(const Row& row, const std::string& component,
                                 const std::string& part) {
    if (!part.empty()) return filled("{1}", {component, part});
    if (is_of_an_engine(row.metric)) return std::string(noun(row.metric));
    if (row.name.find_first_of("{[") == std::string_view::npos) {
      return std::string(row.name) + (component.empty() ? "" : ", " + component);
    }
    if (component.empty()) return std::string(noun(row.metric));
    return filled("{0}", {component});
  }

  // Of metrics whose rows are named by labels.
  static std::string_view noun(Metric metric) {
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

  void rank_processes() {
    std::vector<PageProcess>& list = out_.processes;
    for (auto& [key, process] : processes_) list.push_back(std::move(process));
    const auto size = [](const PageProcess& one) {
      return one.footprint.value_or(one.resident.value_or(0));
    };
    std::stable_sort(list.begin(), list.end(), [&](const PageProcess& a, const PageProcess& b) {
      if (a.pid.empty() != b.pid.empty()) return b.pid.empty();
      return size(a) > size(b);
    });
    if (list.size() > PageReadings::kMaxProcesses) {
      out_.processes_left_out = list.size() - PageReadings::kMaxProcesses;
      list.resize(PageReadings::kMaxProcesses);
    }
  }

  const Sources& sources_;
  const std::vector<Signal>& signals_;
  const Instant now_;
  std::array<std::vector<PageReading>, std::size(kRows)> found_;
  std::map<std::pair<std::string, std::string>, PageProcess> processes_;
  std::set<std::string> engines_;
  PageReadings out_;
};

}  // namespace

std::string_view title(Theme theme) {
  static constexpr std::array<std::string_view, kThemes> kTitles = {
      "Power", "Neural Engine", "Activity", "Clocks", "Temperatures", "Memory", "Inference"};
  return kTitles[static_cast<size_t>(theme)];
}

const PageReading* PageReadings::find(Theme theme, Metric metric,
                                      std::string_view component) const {
  for (const PageReading& reading : themes[static_cast<size_t>(theme)].shown) {
    if (reading.metric == metric && (component.empty() || reading.component == component)) {
      return &reading;
    }
  }
  return nullptr;
}

PageReadings page_readings(const Sources& sources, const std::vector<Signal>& signals,
                           Instant now) {
  return Gatherer(sources, signals, now).gather();
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
