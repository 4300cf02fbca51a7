// The promise of the steady scrape: nothing is allocated for it. A binary of its own, because it
// replaces operator new.
#include "exporters/http_server.h"
#include "tests/catch.h"
#include "tests/counting_new.h"
#include "tests/unit/exporters/http_fixture.h"

namespace anemon {
namespace {

class NoStatistics final : public HttpStatistics {
 public:
  void answered(std::string_view, int, Duration) noexcept override {}
  void rejected(HttpRejection) noexcept override {}
  void connections(size_t, size_t) noexcept override {}
};

}  // namespace

TEST_CASE("a steady scrape of a built page allocates nothing") {
  const auto page = std::make_shared<const Page>("text/plain", std::string(48 * 1024, 'x'));
  std::vector<Route> routes;
  routes.push_back(test::page_route("/metrics", [&page](PageVariant) { return page; }));
  std::vector<ListenerSpec> listeners;
  listeners.push_back({ListenAddress{"127.0.0.1", 0}, std::move(routes), {}});
  const SystemClock clock;
  test::RecordingLog log;
  NoStatistics statistics;
  HttpServer server({}, std::move(listeners), clock, log, statistics);
  server.start();

  const std::string request =
      "GET /metrics HTTP/1.1\r\nHost: a\r\nUser-Agent: Prometheus/2.42\r\n"
      "Accept: text/plain;version=0.0.4\r\nAccept-Encoding: gzip\r\n\r\n";
  test::HttpClient client(server.port());
  const test::HttpReply first = client.ask(request);
  REQUIRE(first.status == 200);
  const size_t reply_size = first.head.size() + first.body.size();
  std::string buffer(reply_size, '\0');
  // Everything is counted, so this side must not allocate either.
  const auto scrape = [&](const std::string& bytes) {
    if (!client.send(bytes)) return false;
    size_t received = 0;
    while (received < buffer.size()) {
      const ssize_t count =
          recv(client.descriptor(), buffer.data() + received, buffer.size() - received, 0);
      if (count <= 0) return false;
      received += static_cast<size_t>(count);
    }
    return true;
  };
  REQUIRE(scrape(request));

  int good = 0;
  const uint64_t before = test::allocations();
  for (int i = 0; i < 100; ++i) good += scrape(request);
  const uint64_t after = test::allocations();
  CHECK(good == 100);
  CHECK(after - before == 0);

  // The counter does count: a head that differs goes through the parser.
  CHECK(scrape("GET /metrics HTTP/1.1\r\nHost: b\r\n\r\n"));
  CHECK(test::allocations() > after);
}

}  // namespace anemon
