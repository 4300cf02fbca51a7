#include "exporters/page/readings.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "exporters/page/reading_rows.h"

namespace anemon {
namespace {

constexpr Duration kRateSpan = std::chrono::seconds(5);

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

class Gatherer {
 public:
  Gatherer(const Sources& sources, const std::vector<Signal>& signals, Instant now)
      : sources_(sources), signals_(signals), now_(now) {}

  PageReadings gather() {
    read_store();
    for (size_t row = 0; row < reading_rows().size(); ++row) place(row);
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
    const auto row =
        std::find_if(reading_rows().begin(), reading_rows().end(),
                     [&](const ReadingRow& one) { return one.metric == series.metric; });
    if (row == reading_rows().end()) return;
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
    reading.name = fill_name(row->name, series.label_values);
    reading.note = row->note;
    if (is_of_an_engine(series.metric)) engines_.insert(reading.component);
    if (reading.state.empty()) reading.value = amount_text(row->amount, reading.number);
    if (row->amount == Amount::ratio ||
        (row->amount == Amount::share_of_time && reading.state.empty())) {
      reading.share = reading.number;
    }
    const Duration age = now_.awake - at.awake;
    if (age > std::max<Duration>(2 * group.period(), std::chrono::seconds(2))) reading.age = age;
    found_[static_cast<size_t>(row - reading_rows().begin())].push_back(std::move(reading));
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
    const ReadingRow& row = reading_rows()[index];
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
  void add_absent(const ReadingRow& row, std::vector<PageReading>& readings) const {
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
      absent.name = name_of_absent(row, component, part);
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
  std::vector<std::vector<PageReading>> found_{reading_rows().size()};
  std::map<std::pair<std::string, std::string>, PageProcess> processes_;
  std::set<std::string> engines_;
  PageReadings out_;
};

}  // namespace

const PageReading* PageReadings::find(Theme theme, Metric metric,
                                      std::string_view component) const {
  // One with a value, else one that was there once, else what says why there is none; what holds
  // for the whole metric has no component.
  const auto rank = [](const PageReading& reading) {
    if (!reading.value.empty()) return 0;
    return reading.state == "absent" ? 2 : 1;
  };
  const PageReading* best = nullptr;
  for (const PageReading& reading : themes[static_cast<size_t>(theme)].shown) {
    if (reading.metric != metric) continue;
    if (!component.empty() && !reading.component.empty() && reading.component != component)
      continue;
    if (best == nullptr || rank(reading) < rank(*best)) best = &reading;
  }
  return best;
}

PageReadings page_readings(const Sources& sources, const std::vector<Signal>& signals,
                           Instant now) {
  return Gatherer(sources, signals, now).gather();
}

}  // namespace anemon
