#include <prometheus/client_metric.h>
#include <prometheus/metric_family.h>

#include <nlohmann/json.hpp>

#include "core/time_expression.h"
#include "exporters/api_request.h"
#include "exporters/current_values.h"
#include "exporters/json_api.h"
#include "exporters/json_text.h"

namespace anemon {
namespace {

using Json = nlohmann::ordered_json;

// The metric whose signals speak for one that has none of its own: it comes from the same reading.
Metric spokesman(Metric metric) {
  switch (metric) {
    case Metric::kPowerWatts:
    case Metric::kPowerSpan:
    case Metric::kPowerPeak:
      return Metric::kEnergyJoules;
    case Metric::kAneActiveSeconds:
    case Metric::kAnePowered:
    case Metric::kAneMemory:
      return Metric::kAneActivity;
    case Metric::kThermalTrip:
    case Metric::kThermalTripActive:
      return Metric::kTemperature;
    default:
      return metric;
  }
}

// Why a metric has no series: what its signals say, each reason once; empty without any.
std::string reason_of_absence(const std::vector<Signal>& signals, Metric metric) {
  std::string reasons;
  for (const Signal& signal : signals) {
    if (signal.metric != metric || signal.state == SignalState::live) continue;
    std::string reason(to_string(signal.state));
    if (!signal.reason.empty()) reason += ": " + signal.reason;
    if (reasons.find(reason) != std::string::npos) continue;
    reasons += (reasons.empty() ? "" : "; ") + reason;
  }
  return reasons;
}

std::string why_absent(const std::vector<Signal>& signals, Metric metric) {
  std::string reason = reason_of_absence(signals, metric);
  if (reason.empty()) reason = reason_of_absence(signals, spokesman(metric));
  return reason.empty() ? "nothing reads it on this machine" : reason;
}

std::vector<size_t> histograms(const Instruments& instruments) {
  std::vector<size_t> counts(catalogue().size());
  for (const auto& family : instruments.collect()) {
    const auto metric = find_metric(family.name);
    if (metric && info(*metric).type == MetricType::histogram) {
      counts[static_cast<size_t>(*metric)] = family.metric.size();
    }
  }
  return counts;
}

Json value_json(const CurrentValue& value) {
  return {{"labels", labels_json(info(value.metric), value.label_values)},
          {"value", value.value},
          {"provenance", to_string(value.provenance)},
          {"time", format_time(value.wall)}};
}

}  // namespace

HttpResponse metrics_answer(const HttpRequest& request, const Sources& sources) {
  check_query(request, {"match", "values"});
  const std::vector<Selector> selectors = query_selectors(request);
  const bool with_values = query_flag(request, "values");
  const std::vector<CurrentValue> values = current_values(sources, selectors);
  const std::vector<size_t> histogram_series = histograms(sources.instruments);
  const std::vector<Signal> signals = sources.signals.signals();

  Json metrics = Json::array();
  size_t next = 0;  // `values` are in the catalogue's order, too
  for (const MetricInfo& row : catalogue()) {
    const size_t first = next;
    while (next < values.size() && values[next].metric == row.metric) ++next;
    bool wanted = selectors.empty();
    for (const Selector& selector : selectors) wanted = wanted || selector.matches(row.metric);
    if (!wanted) continue;
    const size_t series = next - first + histogram_series[static_cast<size_t>(row.metric)];
    Json metric = {{"name", row.name},
                   {"type", to_string(row.type)},
                   {"unit", row.unit},
                   {"provenance", to_string(row.provenance)},
                   {"labels", row.labels()},
                   {"help", row.help},
                   {"available", series > 0},
                   {"reason", series > 0 ? Json() : Json(why_absent(signals, row.metric))},
                   {"series", series}};
    if (with_values) {
      Json list = Json::array();
      for (size_t i = first; i < next; ++i) list.push_back(value_json(values[i]));
      metric["values"] = std::move(list);
    }
    metrics.push_back(std::move(metric));
  }
  return json_response(200, {{"schema", "anemon.metrics/1"}, {"metrics", std::move(metrics)}});
}

}  // namespace anemon
