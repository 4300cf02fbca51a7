// The read-only JSON resources that need no sessions: /v1/status, /v1/metrics, /v1/series and
// /v1/stream, the same over TCP and the control socket. docs/openapi.yaml describes them.
#pragma once

#include <vector>

#include "exporters/http_route.h"
#include "exporters/sources.h"
#include "exporters/status.h"

namespace anemon {

// `sources` must outlive the routes.
std::vector<Route> json_routes(const Sources& sources, StatusSource status);

// The parts, each answering one resource. They throw ApiError and Error (api_request.h).
HttpResponse status_answer(const HttpRequest& request, const Sources& sources,
                           const DaemonStatus& status);
HttpResponse metrics_answer(const HttpRequest& request, const Sources& sources);
HttpResponse series_answer(const HttpRequest& request, const Sources& sources);
HttpResponse stream_answer(const HttpRequest& request, const Sources& sources);

}  // namespace anemon
