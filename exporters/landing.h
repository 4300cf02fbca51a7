// What a person or a supervisor asks first: the page at / with its style, script and icon,
// /-/healthy and /-/ready.
#pragma once

#include <vector>

#include "exporters/http_route.h"
#include "exporters/sources.h"
#include "exporters/status.h"

namespace anemon {

// The page is rendered at most every 250 ms, however many look at it. /-/healthy answers 200 as
// long as the process serves. /-/ready answers 503 with the names of stale collectors, one a line,
// until every enabled one is fresh. `sources` must outlive the routes.
std::vector<Route> landing_routes(const Sources& sources, StatusSource status);

}  // namespace anemon
