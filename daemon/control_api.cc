#include "daemon/control_api.h"

#include <unistd.h>

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>

#include "daemon/control_json.h"
#include "daemon/session_routes.h"
#include "exporters/api_request.h"
#include "exporters/json_api.h"
#include "exporters/json_text.h"
#include "exporters/landing.h"

namespace anemon {
namespace {

void append(std::vector<Route>& routes, std::vector<Route> more) {
  std::move(more.begin(), more.end(), std::back_inserter(routes));
}

std::vector<Route> reading_routes(const ControlContext& context) {
  std::vector<Route> routes = landing_routes(context.sources, context.status);
  routes.push_back(metrics_route(context.pages));
  append(routes, json_routes(context.sources, context.status));
  append(routes, session_reading_routes(context));
  return routes;
}

// Runs the handler for those who may change things only, before a byte of the body is looked at.
HttpHandler guarded(HttpHandler handler, std::vector<uid_t> admin_uids) {
  admin_uids.push_back(0);
  admin_uids.push_back(geteuid());
  return [handler = std::move(handler),
          admin_uids = std::move(admin_uids)](const HttpRequest& request) {
    if (request.local && request.peer &&
        std::find(admin_uids.begin(), admin_uids.end(), request.peer->uid) != admin_uids.end()) {
      return handler(request);
    }
    const std::string who =
        request.peer ? "uid " + std::to_string(request.peer->uid) : "an unknown user";
    return error_response(
        403, "forbidden", who + " may read but not change anything",
        "run it as root or as the daemon's user, or add the uid to control.admin_uids");
  };
}

Route reload_route(const ControlContext& context) {
  const auto reload = context.reload;
  return {"POST", "/v1/reload", "/v1/reload", RouteSpeed::pooled,
          answering_errors([reload](const HttpRequest& request) {
            parse_nothing(request.body);
            std::vector<std::string> restart_required;
            try {
              restart_required = reload();
            } catch (const Error& error) {
              throw ApiError(422, "invalid", error.what(), error.hint());
            }
            return json_response(200, {{"ok", true}, {"restart_required", restart_required}});
          })};
}

// On the event thread: a queue takes the events, and a client that reports each inference must not
// occupy the pool.
Route inferences_route(const ControlContext& context) {
  InferenceQueue& inferences = context.inferences;
  const Clock& clock = context.sources.clock;
  return {
      "POST", "/v1/inferences", "/v1/inferences", RouteSpeed::inline_on_event_thread,
      answering_errors([&inferences, &clock](const HttpRequest& request) {
        const auto events = parse_inferences(request.body, clock.now().wall);
        if (!inferences.is_open()) {
          throw ApiError(503, "unavailable", "the inference collector is disabled",
                         "set collectors.inference.enabled in the configuration");
        }
        const size_t accepted = inferences.push(events);
        return json_response(202, {{"accepted", accepted}, {"refused", events.size() - accepted}});
      })};
}

}  // namespace

std::vector<Route> tcp_routes(const ControlContext& context) { return reading_routes(context); }

std::vector<Route> control_routes(const ControlContext& context) {
  std::vector<Route> changing = session_changing_routes(context);
  changing.push_back(reload_route(context));
  changing.push_back(inferences_route(context));
  std::vector<Route> routes = reading_routes(context);
  append(routes, session_data_routes(context));
  for (Route& route : changing) {
    route.handler = guarded(std::move(route.handler), context.admin_uids);
    routes.push_back(std::move(route));
  }
  return routes;
}

}  // namespace anemon
