// The HTTP server's statistics as instruments. Event thread only, but for construction.
#pragma once

#include <array>
#include <map>
#include <string>

#include "core/instruments.h"
#include "exporters/http_statistics.h"

namespace anemon {

class HttpInstruments final : public HttpStatistics {
 public:
  explicit HttpInstruments(Instruments& instruments);

  void answered(std::string_view route, int status, Duration taken) noexcept override;
  void rejected(HttpRejection reason) noexcept override;
  void connections(std::size_t open, std::size_t streams) noexcept override;

 private:
  struct RouteInstruments {
    prometheus::Histogram* duration;
    std::map<int, prometheus::Counter*> by_status;
  };

  Instruments& instruments_;
  prometheus::Gauge& connections_;
  std::array<prometheus::Counter*, kHttpRejections> rejections_;
  std::map<std::string, RouteInstruments, std::less<>> routes_;
};

}  // namespace anemon
