#include "core/instruments.h"

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <map>
#include <stdexcept>

namespace anemon {
namespace {

std::map<std::string, std::string> labels(const MetricInfo& metric,
                                          const std::vector<std::string>& values) {
  const auto names = metric.labels();
  if (names.size() != values.size()) {
    throw std::logic_error(std::string(metric.name) + ": wrong number of label values");
  }
  std::map<std::string, std::string> out;
  for (size_t i = 0; i < names.size(); ++i) out.emplace(names[i], values[i]);
  return out;
}

template <class Builder>
auto& family(Builder builder, const MetricInfo& metric, prometheus::Registry& registry) {
  return builder.Name(std::string(metric.name)).Help(std::string(metric.help)).Register(registry);
}

}  // namespace

Instruments::Instruments() : registry_(std::make_unique<prometheus::Registry>()) {}
Instruments::~Instruments() = default;

prometheus::Counter& Instruments::counter(Metric metric, const std::vector<std::string>& values) {
  const MetricInfo& row = info(metric);
  return family(prometheus::BuildCounter(), row, *registry_).Add(labels(row, values));
}

prometheus::Gauge& Instruments::gauge(Metric metric, const std::vector<std::string>& values) {
  const MetricInfo& row = info(metric);
  return family(prometheus::BuildGauge(), row, *registry_).Add(labels(row, values));
}

prometheus::Histogram& Instruments::histogram(Metric metric, const std::vector<std::string>& values,
                                              const std::vector<double>& buckets) {
  const MetricInfo& row = info(metric);
  return family(prometheus::BuildHistogram(), row, *registry_).Add(labels(row, values), buckets);
}

std::vector<prometheus::MetricFamily> Instruments::collect() const { return registry_->Collect(); }

}  // namespace anemon
