#include "bench/synthetic_series.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>

#include <map>
#include <string>

namespace anemon::bench {

std::vector<Series> synthetic_series(size_t count) {
  std::vector<const MetricInfo*> families;
  for (const MetricInfo& row : catalogue()) {
    if (row.type != MetricType::histogram && row.labels().size() == 2) families.push_back(&row);
  }
  std::vector<Series> series;
  series.reserve(count);
  for (size_t i = 0; i < count; ++i) {
    const size_t number = i / families.size();
    series.emplace_back(families[i % families.size()]->metric,
                        std::vector<std::string>{"component-" + std::to_string(10000 + number),
                                                 number % 2 == 0 ? "source-even" : "source-odd"});
  }
  return series;
}

double synthetic_value(size_t index, uint64_t pass) {
  const auto whole = static_cast<double>((index * 7919 + pass * 104729) % 1'000'000);
  return index % 2 == 0 ? whole / 1000 : whole;
}

void push_pass(SeriesGroup& group, std::vector<Series>& series, uint64_t pass, Instant now) {
  for (size_t i = 0; i < series.size(); ++i) group.set(series[i], synthetic_value(i, pass));
  group.commit(now);
}

std::shared_ptr<prometheus::Registry> synthetic_registry(size_t count) {
  auto registry = std::make_shared<prometheus::Registry>();
  const std::vector<Series> all = synthetic_series(count);
  for (size_t i = 0; i < all.size(); ++i) {
    const MetricInfo& row = info(all[i].metric);
    const auto names = row.labels();
    const std::map<std::string, std::string> labels = {
        {std::string(names[0]), all[i].label_values[0]},
        {std::string(names[1]), all[i].label_values[1]}};
    const auto family = [&](auto builder) -> auto& {
      return builder.Name(std::string(row.name)).Help(std::string(row.help)).Register(*registry);
    };
    if (row.type == MetricType::counter) {
      family(prometheus::BuildCounter()).Add(labels).Increment(synthetic_value(i, 0));
    } else {
      family(prometheus::BuildGauge()).Add(labels).Set(synthetic_value(i, 0));
    }
  }
  return registry;
}

}  // namespace anemon::bench
