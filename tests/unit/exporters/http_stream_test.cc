#include <atomic>

#include "exporters/http_server.h"
#include "tests/catch.h"
#include "tests/unit/exporters/http_fixture.h"

namespace anemon {

using namespace test;

namespace {

// Numbered events of a given size, one per second, `count` of them.
class Counting final : public EventSource {
 public:
  Counting(size_t size, int count, std::atomic<int>& alive)
      : padding_(size, 'x'), left_(count), alive_(alive) {
    ++alive_;
  }
  ~Counting() override { --alive_; }
  std::optional<Duration> produce(std::string& out) override {
    out = "data: " + std::to_string(++number_) + padding_ + "\n\n";
    if (--left_ == 0) return std::nullopt;
    return std::chrono::seconds(1);
  }

 private:
  const std::string padding_;
  int left_;
  int number_ = 0;
  std::atomic<int>& alive_;
};

std::vector<Route> stream_routes(size_t size, int count, std::atomic<int>& alive) {
  std::vector<Route> routes;
  routes.push_back(get_route("/v1/stream", [size, count, &alive](const HttpRequest&) {
    HttpResponse response;
    response.content_type = "text/event-stream";
    response.fields.emplace_back("Cache-Control", "no-store");
    response.stream = std::make_shared<Counting>(size, count, alive);
    return response;
  }));
  routes.push_back(get_route("/hello", hello));
  return routes;
}

constexpr int kEndless = -1;

}  // namespace

TEST_CASE("events are sent when they are due, until the source ends") {
  std::atomic<int> alive{0};
  HttpFixture fixture(stream_routes(0, 3, alive));
  HttpClient client = fixture.client();
  const HttpReply head = client.get("/v1/stream");
  CHECK(head.status == 200);
  CHECK(head.field("Content-Type") == "text/event-stream");
  CHECK(head.field("Content-Length") == "<none>");
  CHECK(head.field("Connection") == "close");
  CHECK(client.wait_for("data: 1\n\n"));
  fixture.advance(std::chrono::seconds(1));
  CHECK(client.wait_for("data: 2\n\n"));
  fixture.advance(std::chrono::seconds(1));
  CHECK(client.wait_for("data: 3\n\n"));
  CHECK(client.ended());
  client.close();
  CHECK(fixture.statistics.wait_for_open(0));
  CHECK(alive == 0);
}

TEST_CASE("a source is not asked again before its time") {
  std::atomic<int> alive{0};
  HttpFixture fixture(stream_routes(0, kEndless, alive));
  HttpClient client = fixture.client();
  client.get("/v1/stream");
  CHECK(client.wait_for("data: 1\n\n"));
  fixture.advance(std::chrono::milliseconds(999));
  CHECK(fixture.client().get("/hello").status == 200);
  CHECK(client.received().empty());
  CHECK(!client.readable(0));
}

TEST_CASE("streams beyond their number are 503, and a place is free again after one ends") {
  std::atomic<int> alive{0};
  HttpServerOptions options;
  options.streams = 2;
  HttpFixture fixture(stream_routes(0, kEndless, alive), {}, options);
  HttpClient first = fixture.client();
  HttpClient second = fixture.client();
  CHECK(first.get("/v1/stream").status == 200);
  CHECK(second.get("/v1/stream").status == 200);
  HttpClient third = fixture.client();
  const HttpReply refused = third.get("/v1/stream");
  CHECK(refused.status == 503);
  CHECK(refused.field("Retry-After") == "1");
  CHECK(fixture.statistics.rejections(HttpRejection::stream_limit) == 1);
  first.close();
  third.close();
  CHECK(fixture.statistics.wait_for_open(1));
  HttpClient fourth = fixture.client();
  CHECK(fourth.get("/v1/stream").status == 200);
}

TEST_CASE("a consumer that does not read is dropped, not buffered for") {
  std::atomic<int> alive{0};
  HttpFixture fixture(stream_routes(1 << 20, kEndless, alive));
  HttpClient client = fixture.client();
  client.send("GET /v1/stream HTTP/1.1\r\nHost: a\r\n\r\n");
  REQUIRE(client.readable(HttpClient::kPatience));
  // Far more events become due than the kernel holds for both ends; the source is asked only for
  // those that find room.
  for (int i = 0; i < 200 && fixture.statistics.rejections(HttpRejection::stream_stalled) == 0;
       ++i) {
    fixture.advance(HttpLimits().stall_time);
    CHECK(fixture.client().get("/hello").status == 200);
  }
  CHECK(fixture.statistics.wait_for_rejection(HttpRejection::stream_stalled));
  CHECK(alive == 0);
}

TEST_CASE("HEAD of a stream opens none, and stopping ends those that are open") {
  std::atomic<int> alive{0};
  HttpFixture fixture(stream_routes(0, kEndless, alive));
  HttpClient head = fixture.client();
  CHECK(head.ask("HEAD /v1/stream HTTP/1.1\r\nHost: a\r\n\r\n").status == 200);
  CHECK(head.ended());
  HttpClient client = fixture.client();
  CHECK(client.get("/v1/stream").status == 200);
  CHECK(client.wait_for("data: 1\n\n"));
  head.close();
  fixture.server.stop(std::chrono::hours(1));
  CHECK(client.ended());
  CHECK(alive == 0);
}

}  // namespace anemon
