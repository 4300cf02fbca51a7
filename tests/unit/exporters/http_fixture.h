// A running server with statistics that tests can wait on.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "core/mutex.h"
#include "exporters/http_server.h"
#include "tests/manual_clock.h"
#include "tests/recording_log.h"
#include "tests/unit/exporters/http_client.h"

namespace anemon::test {

class RecordingStatistics final : public HttpStatistics {
 public:
  void answered(std::string_view route, int status, Duration) noexcept override {
    const Lock lock(mutex_);
    ++answers_[std::string(route) + " " + std::to_string(status)];
    changed_.notify_all();
  }
  void rejected(HttpRejection reason) noexcept override {
    const Lock lock(mutex_);
    ++rejections_[reason];
    changed_.notify_all();
  }
  void connections(size_t open, size_t streams) noexcept override {
    const Lock lock(mutex_);
    open_ = open;
    streams_ = streams;
    changed_.notify_all();
  }

  int answers(const std::string& route_and_status) const {
    const Lock lock(mutex_);
    const auto found = answers_.find(route_and_status);
    return found == answers_.end() ? 0 : found->second;
  }
  int rejections(HttpRejection reason) const {
    const Lock lock(mutex_);
    const auto found = rejections_.find(reason);
    return found == rejections_.end() ? 0 : found->second;
  }
  bool wait_for_open(size_t count) {
    return wait([&]() ANEMON_REQUIRES(mutex_) { return open_ == count; });
  }
  bool wait_for_rejection(HttpRejection reason, int count = 1) {
    return wait([&]() ANEMON_REQUIRES(mutex_) { return rejections_[reason] >= count; });
  }

 private:
  bool wait(const std::function<bool()>& met) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    const Lock lock(mutex_);
    while (!met()) {
      if (std::chrono::steady_clock::now() >= end) return false;
      changed_.wait_for(mutex_, std::chrono::seconds(1));
    }
    return true;
  }

  mutable Mutex mutex_;
  CondVar changed_;
  std::map<std::string, int> answers_ ANEMON_GUARDED_BY(mutex_);
  std::map<HttpRejection, int> rejections_ ANEMON_GUARDED_BY(mutex_);
  size_t open_ ANEMON_GUARDED_BY(mutex_) = 0;
  size_t streams_ ANEMON_GUARDED_BY(mutex_) = 0;
};

inline Route get_route(std::string pattern, std::function<HttpResponse(const HttpRequest&)> handler,
                       RouteSpeed speed = RouteSpeed::inline_on_event_thread) {
  Route route;
  route.method = "GET";
  route.label = pattern;
  route.pattern = std::move(pattern);
  route.speed = speed;
  route.handler = std::move(handler);
  return route;
}

inline Route post_route(std::string pattern,
                        std::function<HttpResponse(const HttpRequest&)> handler,
                        RouteSpeed speed = RouteSpeed::inline_on_event_thread) {
  Route route = get_route(std::move(pattern), std::move(handler), speed);
  route.method = "POST";
  return route;
}

inline Route page_route(std::string pattern, std::function<SharedPage(PageVariant)> page) {
  Route route = get_route(std::move(pattern), {});
  route.choose = [](const HttpRequest& request) {
    return PageVariant{request.head.header("accept-encoding") == "gzip" ? 1U : 0U};
  };
  route.page = std::move(page);
  return route;
}

inline HttpResponse hello(const HttpRequest&) {
  return text_response(200, "text/plain", "hello\n");
}

// One TCP listener on a port of the system's choice; time stands still unless the test moves it.
class HttpFixture {
 public:
  explicit HttpFixture(std::vector<Route> routes, HttpLimits limits = {},
                       HttpServerOptions options = {})
      : HttpFixture(ListenAddress{"127.0.0.1", 0}, std::move(routes), limits, options) {}
  HttpFixture(ListenerAddress address, std::vector<Route> routes, HttpLimits limits = {},
              HttpServerOptions options = {})
      : server(options, specs(std::move(address), std::move(routes), limits), clock, log,
               statistics) {
    server.start();
  }

  HttpClient client() const { return HttpClient(server.port()); }
  void advance(Duration by) {
    clock.advance(by);
    server.wake();
  }

  ManualClock clock;
  RecordingLog log;
  RecordingStatistics statistics;
  HttpServer server;

 private:
  static std::vector<ListenerSpec> specs(ListenerAddress address, std::vector<Route> routes,
                                         const HttpLimits& limits) {
    std::vector<ListenerSpec> result;
    result.push_back({std::move(address), std::move(routes), limits});
    return result;
  }
};

}  // namespace anemon::test
