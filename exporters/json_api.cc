#include "exporters/json_api.h"

#include "exporters/api_request.h"

namespace anemon {

std::vector<Route> json_routes(const Sources& sources, StatusSource status) {
  const auto get = [](const char* path, RouteSpeed speed, HttpHandler handler) {
    return Route{"GET", path, path, speed, answering_errors(std::move(handler))};
  };
  return {
      get("/v1/status", RouteSpeed::inline_on_event_thread,
          [&sources, status](const HttpRequest& request) {
            return status_answer(request, sources, status());
          }),
      get("/v1/metrics", RouteSpeed::pooled,
          [&sources](const HttpRequest& request) { return metrics_answer(request, sources); }),
      get("/v1/series", RouteSpeed::pooled,
          [&sources](const HttpRequest& request) { return series_answer(request, sources); }),
      get("/v1/stream", RouteSpeed::inline_on_event_thread,
          [&sources](const HttpRequest& request) { return stream_answer(request, sources); }),
  };
}

}  // namespace anemon
