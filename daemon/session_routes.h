// The sessions' part of the control API.
#pragma once

#include <vector>

#include "daemon/control_api.h"

namespace anemon {

// The list and the documents: for TCP and the control socket.
std::vector<Route> session_reading_routes(const ControlContext& context);
// Samples and exports, which can be large: for the control socket.
std::vector<Route> session_data_routes(const ControlContext& context);
// Start, stop, annotate, events, delete. Unguarded: control_routes() adds the permission check.
std::vector<Route> session_changing_routes(const ControlContext& context);

}  // namespace anemon
