#include "exporters/http_server.h"

#include <utility>

#include "exporters/http_loop.h"

namespace anemon {

HttpServer::HttpServer(const HttpServerOptions& options, std::vector<ListenerSpec> listeners,
                       const Clock& clock, Log& log, HttpStatistics& statistics)
    : loop_(std::make_unique<HttpLoop>(options, std::move(listeners), clock, log, statistics)) {}

HttpServer::~HttpServer() { stop(Duration::zero()); }

void HttpServer::start() {
  worker_.emplace(
      "http", [loop = loop_.get()](const StopFlag& stop) { loop->run(stop); },
      [loop = loop_.get()] { loop->wake(); });
}

std::uint16_t HttpServer::port(std::size_t listener) const { return loop_->port(listener); }

bool HttpServer::stop(Duration grace) {
  loop_->set_grace(grace);
  worker_.reset();
  return loop_->close();
}

void HttpServer::wake() noexcept { loop_->wake(); }

}  // namespace anemon
