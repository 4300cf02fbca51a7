// The daemon's own counters, gauges and histograms: prometheus-cpp instruments, named by the
// catalogue. Sampled series never go through here (series_store.h).
//
// Thread safety: any thread. References stay valid; keep them instead of asking again, since asking
// takes a lock and allocates.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/catalogue.h"

namespace prometheus {
class Counter;
class Gauge;
class Histogram;
class Registry;
struct MetricFamily;
}  // namespace prometheus

namespace anemon {

class Instruments {
 public:
  Instruments();
  ~Instruments();

  // `label_values` in the catalogue's order. The metric's type must be the one asked for.
  prometheus::Counter& counter(Metric metric, const std::vector<std::string>& label_values = {});
  prometheus::Gauge& gauge(Metric metric, const std::vector<std::string>& label_values = {});
  // Buckets are upper bounds in the metric's unit, the same at every call for one metric.
  prometheus::Histogram& histogram(Metric metric, const std::vector<std::string>& label_values,
                                   const std::vector<double>& buckets);

  std::vector<prometheus::MetricFamily> collect() const;

 private:
  std::unique_ptr<prometheus::Registry> registry_;
};

}  // namespace anemon
