// What a person or a supervisor asks first: the page at /, /-/healthy and /-/ready.
#pragma once

#include <vector>

#include "exporters/http_route.h"
#include "exporters/status.h"

namespace anemon {

// /-/healthy answers 200 as long as the process serves. /-/ready answers 503 with the names of
// stale collectors, one a line, until every enabled one is fresh.
std::vector<Route> landing_routes(StatusSource status);

}  // namespace anemon
