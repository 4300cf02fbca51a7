#include "profiler/measure/energy_account.h"

#include <fmt/format.h>

#include <algorithm>

#include "profiler/statistics/sample.h"

namespace anemon::profiler {
namespace {

struct Total {
  std::vector<std::string> essential, further;
};

const std::vector<Total>& totals() {
  static const std::vector<Total> table = {
      {{"cpu", "ane"}, {"gpu", "dram"}},
      {{"package"}, {"dram"}},  // its cores and graphics are in it
      {{"soc"}, {}},
      {{"system"}, {}},
      {{"cpu"}, {"gpu", "dram"}},
  };
  return table;
}

// "package" names all there are: "package-0", "package-1".
std::vector<std::string> named(const std::set<std::string>& known, const std::string& name) {
  std::vector<std::string> found;
  for (const std::string& each : known) {
    if (each == name || (name == "package" && each.starts_with("package-"))) found.push_back(each);
  }
  return found;
}

// A reading is taken to stand for no longer than this without a newer one.
constexpr double kStandsFor = 10;

}  // namespace

std::vector<std::string> components_of_total(const std::set<std::string>& known) {
  for (const Total& total : totals()) {
    std::vector<std::string> chosen;
    bool complete = true;
    for (const std::string& name : total.essential) {
      const auto found = named(known, name);
      complete = complete && !found.empty();
      chosen.insert(chosen.end(), found.begin(), found.end());
    }
    if (!complete) continue;
    for (const std::string& name : total.further) {
      const auto found = named(known, name);
      chosen.insert(chosen.end(), found.begin(), found.end());
    }
    std::ranges::sort(chosen);
    return chosen;
  }
  return {};
}

EnergyAccount account_energy(const Json& samples, const std::vector<std::string>& components) {
  EnergyAccount account;
  account.provenance = Provenance::measured;
  const auto known = trusted_by_component(series_of(samples, Metric::kEnergyJoules));
  const auto spans = series_of(samples, Metric::kPowerSpan);
  std::set<double> times;
  double from = 0, to = 0;
  for (const std::string& component : components) {
    const auto found = known.find(component);
    if (found == known.end() || found->second.points.size() < 2) {
      account.why_none = fmt::format("fewer than two readings of the energy of {}", component);
      return account;
    }
    const SampledSeries& series = found->second;
    from =
        times.empty() ? series.points.front().first : std::max(from, series.points.front().first);
    to = times.empty() ? series.points.back().first : std::min(to, series.points.back().first);
    for (const auto& point : series.points) times.insert(point.first);
    account.provenance = worst(account.provenance, provenance_of(series.provenance));
    const std::string source = series.label("source");
    if (std::ranges::find(account.sources, source) == account.sources.end()) {
      account.sources.push_back(source);
    }
    for (const SampledSeries& span : spans) {
      if (span.label("component") != component || span.label("source") != source) continue;
      std::vector<double> seconds;
      for (const auto& point : span.points) seconds.push_back(point.second);
      account.cadence = std::max(account.cadence, median(seconds));
    }
  }
  const auto joules = [&](double time) {
    double sum = 0;
    for (const std::string& component : components) {
      sum += value_at(known.at(component).points, time);
    }
    return sum;
  };
  std::optional<double> before;
  for (const double time : times) {
    if (time < from || time > to) continue;
    if (before) account.intervals.push_back({joules(time) - joules(*before), time - *before});
    before = time;
  }
  if (account.intervals.empty()) account.why_none = "the components' readings do not overlap";
  return account;
}

Timeline total_watts(const Json& samples, const std::vector<std::string>& components) {
  const auto known = trusted_by_component(series_of(samples, Metric::kPowerWatts));
  std::set<double> times;
  for (const std::string& component : components) {
    const auto found = known.find(component);
    if (found == known.end()) return {};
    for (const auto& point : found->second.points) times.insert(point.first);
  }
  Timeline total;
  for (const double time : times) {
    double watts = 0;
    bool complete = true;
    for (const std::string& component : components) {
      const Timeline& points = known.at(component).points;
      const auto after = std::ranges::upper_bound(points, time, {}, &Timeline::value_type::first);
      const bool stands = after != points.begin() && time - std::prev(after)->first <= kStandsFor;
      complete = complete && stands;
      if (stands) watts += std::prev(after)->second;
    }
    if (complete) total.emplace_back(time, watts);
  }
  return total;
}

}  // namespace anemon::profiler
