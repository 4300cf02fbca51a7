// The table of what a listener serves.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "exporters/http_message.h"

namespace anemon {

enum class RouteSpeed {
  inline_on_event_thread,  // never blocks: it holds up every other connection
  pooled,                  // runs on the bounded pool; may block on disk
};

// Which of a page route's representations a request asks for; the numbers are the route's own.
using PageVariant = std::uint32_t;

// Either `handler`, or `choose` and `page`. Exceptions become a generic 500.
struct Route {
  std::string method;   // GET (answers HEAD too), POST, PUT, PATCH or DELETE
  std::string pattern;  // "/v1/sessions/{id}": each {name} takes one path segment of 1 to 64 bytes
  std::string label;    // for statistics
  RouteSpeed speed = RouteSpeed::inline_on_event_thread;
  std::function<HttpResponse(const HttpRequest&)> handler;

  // A page route (GET, inline). `choose` depends on nothing but the head, so its answer is
  // remembered for a head that comes again unchanged on the connection; `page` is asked for every
  // answer. No page (nullptr) answers 503.
  std::function<PageVariant(const HttpRequest&)> choose = {};
  std::function<SharedPage(PageVariant)> page = {};
};

// Constant after construction, which throws Error for a route that contradicts itself.
class RouteTable {
 public:
  explicit RouteTable(std::vector<Route> routes);

  const std::vector<Route>& routes() const { return routes_; }
  // ECMAScript for the whole decoded path. Segments are bounded, so that std::regex's recursion is.
  static std::string expression(std::string_view pattern);
  // "GET, HEAD, POST" for the patterns that match the decoded path; empty for an unknown path.
  std::string allowed_methods(std::string_view path) const;

 private:
  std::vector<Route> routes_;
};

}  // namespace anemon
