#include "exporters/current_values.h"

#include <prometheus/client_metric.h>
#include <prometheus/metric_family.h>

#include <algorithm>
#include <cmath>
#include <tuple>

#include "core/time_expression.h"

namespace anemon {
namespace {

class Gatherer {
 public:
  Gatherer(const Sources& sources, const std::vector<Selector>& selectors)
      : sources_(sources), selectors_(selectors), now_(sources.clock.now()) {}

  std::vector<CurrentValue> gather() {
    add_series();
    add_signals();
    add_readings();
    add_instruments();
    const auto key = [](const CurrentValue& value) {
      return std::tie(value.metric, value.label_values);
    };
    std::stable_sort(values_.begin(), values_.end(),
                     [&](const auto& a, const auto& b) { return key(a) < key(b); });
    values_.erase(std::unique(values_.begin(), values_.end(),
                              [&](const auto& a, const auto& b) { return key(a) == key(b); }),
                  values_.end());
    return std::move(values_);
  }

 private:
  void add(Metric metric, const std::vector<std::string>& labels, double value,
           Provenance provenance, Duration wall) {
    if (!std::isfinite(value) || !any_matches(selectors_, metric, labels)) return;
    values_.push_back({metric, labels, value, provenance, wall});
  }

  void add_series() {
    for_each_current(
        sources_.store, now_,
        [&](const SeriesGroup&, const SeriesGroup::Entry& entry, Instant at, double value) {
          const SeriesDescription& series = *entry.description;
          add(series.metric, series.label_values, value, series.provenance, at.wall);
        });
  }

  void add_signals() {
    for (const Signal& signal : sources_.signals.signals()) {
      const std::string metric(info(signal.metric).name);
      add(Metric::kSignalState,
          {metric, signal.component, signal.source, std::string(to_string(signal.state)),
           signal.reason, std::string(to_string(signal.provenance))},
          1, Provenance::measured, now_.wall);
      if (!signal.published) continue;
      add(Metric::kSignalTimestamp, {metric, signal.component, signal.source},
          unix_seconds(*signal.published), Provenance::measured, now_.wall);
    }
  }

  void add_readings() {
    std::vector<Reading> readings;
    for (const ReadingSource& source : sources_.readings) source(readings);
    for (const Reading& reading : readings) {
      add(reading.metric, reading.label_values, reading.value, info(reading.metric).provenance,
          now_.wall);
    }
  }

  void add_instruments() {
    for (const auto& family : sources_.instruments.collect()) {
      const auto metric = find_metric(family.name);
      if (!metric) continue;
      const MetricInfo& row = info(*metric);
      if (row.type == MetricType::histogram) continue;
      for (const auto& one : family.metric) {
        std::vector<std::string> labels;
        for (const std::string_view name : row.labels()) {
          const auto at = std::find_if(one.label.begin(), one.label.end(),
                                       [&](const auto& label) { return label.name == name; });
          labels.push_back(at == one.label.end() ? std::string() : at->value);
        }
        add(*metric, labels, row.type == MetricType::counter ? one.counter.value : one.gauge.value,
            row.provenance, now_.wall);
      }
    }
  }

  const Sources& sources_;
  const std::vector<Selector>& selectors_;
  const Instant now_;
  std::vector<CurrentValue> values_;
};

}  // namespace

std::vector<CurrentValue> current_values(const Sources& sources,
                                         const std::vector<Selector>& selectors) {
  return Gatherer(sources, selectors).gather();
}

}  // namespace anemon
