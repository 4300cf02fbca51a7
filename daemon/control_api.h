// What the daemon serves on which listener. Over TCP everybody reads and nobody changes anything.
// Over the control socket whoever the socket's mode lets in may read; changes are for the daemon's
// own user, root and the configured uids. docs/openapi.yaml describes every route.
#pragma once

#include <sys/types.h>

#include <functional>
#include <string>
#include <vector>

#include "collectors/inference_queue.h"
#include "exporters/http_route.h"
#include "exporters/page_cache.h"
#include "exporters/sources.h"
#include "exporters/status.h"
#include "sessions/session_keeper.h"

namespace anemon {

// All of it outlives the routes.
struct ControlContext {
  const Sources& sources;
  PageCache& pages;
  StatusSource status;
  SessionKeeper& sessions;
  InferenceQueue& inferences;
  // Returns the keys that wait for a restart; throws Error when the new configuration is bad.
  std::function<std::vector<std::string>()> reload;
  std::vector<uid_t> admin_uids;  // may change things, beside the daemon's user and root
};

std::vector<Route> tcp_routes(const ControlContext& context);
// For a listener with HttpLimits::head.body = kMaxControlBody (control_json.h).
std::vector<Route> control_routes(const ControlContext& context);

}  // namespace anemon
