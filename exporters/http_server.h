// The bounded HTTP server: one event thread owns every connection of every listener (TCP and Unix),
// so that no client can hold a thread. Limits and times: http_limits.h. What a request meets on its
// way: http_head (strict check), http_gate (routing), http_connection (the life of one client).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "core/clock.h"
#include "core/log.h"
#include "core/worker.h"
#include "exporters/http_limits.h"
#include "exporters/http_listener.h"
#include "exporters/http_route.h"
#include "exporters/http_statistics.h"

namespace anemon {

struct ListenerSpec {
  ListenerAddress address;
  std::vector<Route> routes;
  HttpLimits limits;  // limits.head.body: bytes of a request's body, 0 on read-only listeners
  bool loopback_hosts_only = false;  // refuse a Host that is not a name of loopback (403)
};

class HttpLoop;

class HttpServer {
 public:
  // Binds every listener; throws Error when one fails. Clients wait in the kernel until start().
  // The references must outlive the server.
  HttpServer(const HttpServerOptions& options, std::vector<ListenerSpec> listeners,
             const Clock& clock, Log& log, HttpStatistics& statistics);
  ~HttpServer();  // stops without grace
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  void start();  // once

  // The bound TCP port of a listener (in the order given); 0 for a Unix socket.
  std::uint16_t port(std::size_t listener = 0) const;

  // Stops accepting, removes the Unix sockets' files, closes idle connections and streams, gives
  // answers in flight `grace` and closes what is left. Returns soon after `grace` at the latest:
  // false when a slow route was still running and had to be abandoned with its thread, so that what
  // its handler uses must stay alive until the process ends.
  bool stop(Duration grace);

  // Makes the event thread look at the clock: for clocks that do not move by themselves.
  void wake() noexcept;

 private:
  std::unique_ptr<HttpLoop> loop_;
  std::optional<Worker> worker_;
};

}  // namespace anemon
