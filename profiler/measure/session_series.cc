#include "profiler/measure/session_series.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "core/json_access.h"

namespace anemon::profiler {
namespace {

std::optional<double> finite(const Json& value) {
  if (!value.is_number()) return std::nullopt;
  const double number = value.get<double>();
  return std::isfinite(number) ? std::optional(number) : std::nullopt;
}

// Columns: time, last, min, max, mean, count.
Timeline points_of(const Json& rows, bool counter) {
  Timeline points;
  for (const Json& row : rows) {
    if (!row.is_array() || row.size() < 5) continue;
    const auto time = finite(row[0]);
    const auto value = finite(row[counter ? 1 : 4]);
    if (!time || !value || (!points.empty() && *time <= points.back().first)) continue;
    points.emplace_back(*time, *value);
  }
  return points;
}

}  // namespace

std::string SampledSeries::label(const std::string& name) const {
  const auto found = labels.find(name);
  return found == labels.end() ? std::string() : found->second;
}

std::vector<SampledSeries> series_of(const Json& samples, Metric metric) {
  std::vector<SampledSeries> result;
  const MetricInfo& wanted = info(metric);
  for (const Json& row : at(samples, "/series")) {
    if (text(row, "/metric") != wanted.name) continue;
    SampledSeries series;
    series.provenance = text(row, "/provenance");
    for (const auto& [name, value] : at(row, "/labels").items()) {
      series.labels[name] = as_text(value);
    }
    series.points = points_of(at(row, "/points"), wanted.type == MetricType::counter);
    if (!series.points.empty()) result.push_back(std::move(series));
  }
  return result;
}

std::map<std::string, SampledSeries> trusted_by_component(std::vector<SampledSeries> series) {
  std::map<std::string, SampledSeries> best;
  for (SampledSeries& each : series) {
    const auto [known, is_new] = best.try_emplace(each.label("component"));
    if (is_new || provenance_of(each.provenance) < provenance_of(known->second.provenance)) {
      known->second = std::move(each);
    }
  }
  return best;
}

double value_at(const Timeline& points, double seconds) {
  const auto after = std::ranges::lower_bound(points, seconds, {}, &Timeline::value_type::first);
  if (after == points.end()) return points.back().second;
  if (after == points.begin() || after->first == seconds) return after->second;
  const auto before = std::prev(after);
  const double share = (seconds - before->first) / (after->first - before->first);
  return before->second + share * (after->second - before->second);
}

std::optional<double> mean_value(const Timeline& points) {
  if (points.empty()) return std::nullopt;
  double sum = 0;
  for (const auto& point : points) sum += point.second;
  return sum / static_cast<double>(points.size());
}

std::optional<double> rate_of(const Timeline& counter) {
  if (counter.size() < 2) return std::nullopt;
  const double seconds = counter.back().first - counter.front().first;
  return (counter.back().second - counter.front().second) / seconds;
}

Provenance provenance_of(std::string_view text) {
  for (const Provenance each : {Provenance::measured, Provenance::derived}) {
    if (text == to_string(each)) return each;
  }
  return Provenance::estimated;
}

Provenance worst(Provenance a, Provenance b) { return std::max(a, b); }

}  // namespace anemon::profiler
