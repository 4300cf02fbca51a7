// The one place that knows cpp-httplib: it parses the request line and the query, routes, and
// writes the head of the answer, on memory instead of a socket. Connections stay with the caller.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/log.h"
#include "exporters/http_answer.h"
#include "exporters/http_route.h"

namespace anemon {

// One checked request. `head` points into bytes that outlive the call.
struct GateRequest {
  HttpHead head;
  std::string body;
  bool local = false;
  std::optional<PeerCredentials> peer;
  bool on_pool = false;  // the caller's thread may run slow routes
};

struct GateResult {
  // The route is slow and the request was not `on_pool`: nothing was run, ask again on the pool.
  bool needs_pool = false;
  HttpAnswer answer;
  // Set for a page: what the same head will be answered from again.
  const Route* page_route = nullptr;
  PageVariant variant = 0;
};

class HttpGate {
 public:
  // Throws Error for a bad route table. `log` must outlive the gate.
  HttpGate(std::vector<Route> routes, Log& log);
  ~HttpGate();
  HttpGate(const HttpGate&) = delete;
  HttpGate& operator=(const HttpGate&) = delete;

  // Thread-safe; never throws. Consumes the request's body. `close` ends the connection.
  GateResult process(GateRequest& request, bool close);

  // The page for a remembered decision, as process() would answer it. Allocates nothing of its own.
  HttpAnswer repeat(const Route& route, PageVariant variant, bool head_only);

 private:
  class Router;
  std::unique_ptr<Router> router_;
};

}  // namespace anemon
