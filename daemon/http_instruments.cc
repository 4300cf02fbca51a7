#include "daemon/http_instruments.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>

namespace anemon {
namespace {

const std::vector<double> kDurationBuckets = {1e-4, 1e-3, 1e-2, 0.1, 1, 10};

}  // namespace

HttpInstruments::HttpInstruments(Instruments& instruments)
    : instruments_(instruments), connections_(instruments.gauge(Metric::kHttpConnections)) {
  for (size_t i = 0; i < rejections_.size(); ++i) {
    const std::string reason(to_string(static_cast<HttpRejection>(i)));
    rejections_[i] = &instruments.counter(Metric::kHttpRejected, {reason});
  }
}

void HttpInstruments::answered(std::string_view route, int status, Duration taken) noexcept {
  auto known = routes_.find(route);
  if (known == routes_.end()) {
    auto& duration =
        instruments_.histogram(Metric::kHttpDuration, {std::string(route)}, kDurationBuckets);
    known = routes_.emplace(route, RouteInstruments{&duration, {}}).first;
  }
  RouteInstruments& instruments = known->second;
  auto counter = instruments.by_status.find(status);
  if (counter == instruments.by_status.end()) {
    auto& requests =
        instruments_.counter(Metric::kHttpRequests, {std::string(route), std::to_string(status)});
    counter = instruments.by_status.emplace(status, &requests).first;
  }
  counter->second->Increment();
  instruments.duration->Observe(to_seconds(taken));
}

void HttpInstruments::rejected(HttpRejection reason) noexcept {
  rejections_[static_cast<size_t>(reason)]->Increment();
}

void HttpInstruments::connections(std::size_t open, std::size_t) noexcept {
  connections_.Set(static_cast<double>(open));
}

}  // namespace anemon
