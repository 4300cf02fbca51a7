// Every limit, one by one, on a clock that the test moves.
#include "exporters/http_limits.h"

#include <future>

#include "exporters/http_server.h"
#include "tests/catch.h"
#include "tests/unit/exporters/http_fixture.h"

namespace anemon {

using namespace test;

namespace {

// A slow route that waits for the test, and tells it when it was reached.
struct Gatekeeper {
  Mutex mutex;
  CondVar changed;
  bool open ANEMON_GUARDED_BY(mutex) = false;
  int waiting ANEMON_GUARDED_BY(mutex) = 0;

  HttpResponse enter() {
    const Lock lock(mutex);
    ++waiting;
    changed.notify_all();
    while (!open) changed.wait(mutex);
    return text_response(200, "text/plain", "slow\n");
  }
  void wait_for(int count) {
    const Lock lock(mutex);
    while (waiting < count) changed.wait(mutex);
  }
  void release() {
    const Lock lock(mutex);
    open = true;
    changed.notify_all();
  }
};

std::vector<Route> routes_with(const std::shared_ptr<Gatekeeper>& gate) {
  std::vector<Route> routes;
  routes.push_back(get_route("/hello", hello));
  routes.push_back(get_route(
      "/slow", [gate](const HttpRequest&) { return gate->enter(); }, RouteSpeed::pooled));
  routes.push_back(post_route(
      "/echo",
      [](const HttpRequest& request) { return text_response(200, "text/plain", request.body); },
      RouteSpeed::pooled));
  return routes;
}

std::vector<Route> only_hello() {
  std::vector<Route> routes;
  routes.push_back(get_route("/hello", hello));
  return routes;
}

const std::string kSlow = "GET /slow HTTP/1.1\r\nHost: a\r\n\r\n";

}  // namespace

TEST_CASE("a kept connection is closed when it has been idle for too long") {
  HttpFixture fixture(only_hello());
  HttpClient client = fixture.client();
  CHECK(client.get("/hello").status == 200);
  fixture.advance(HttpLimits().idle_time - std::chrono::milliseconds(1));
  CHECK(client.get("/hello").status == 200);
  fixture.advance(HttpLimits().idle_time);
  CHECK(client.ended());
}

TEST_CASE("the head of a later request has its own deadline, from its first byte") {
  HttpFixture fixture(only_hello());
  HttpClient client = fixture.client();
  // The half request comes in the same bytes as a whole one.
  client.send("GET /hello HTTP/1.1\r\nHost: a\r\n\r\nGET /hel");
  CHECK(client.reply().status == 200);
  fixture.advance(HttpLimits().head_time);
  CHECK(client.reply().status == 408);
  CHECK(client.ended());
}

TEST_CASE("a body that does not arrive in time is 408") {
  HttpLimits limits;
  limits.head.body = 100;
  HttpFixture fixture(routes_with(std::make_shared<Gatekeeper>()), limits);
  HttpClient client = fixture.client();
  client.send(
      "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\nExpect: 100-continue\r\n\r\n");
  REQUIRE(client.reply().status == 100);
  client.send("half");
  fixture.advance(limits.body_time);
  CHECK(client.reply().status == 408);
  CHECK(fixture.statistics.rejections(HttpRejection::body_timeout) == 1);
}

TEST_CASE("at the limit an idle connection makes room first, then the oldest incomplete request") {
  HttpLimits limits;
  limits.connections = 3;
  HttpFixture fixture(only_hello(), limits);
  HttpClient incomplete = fixture.client();
  incomplete.send("GET /hel");
  fixture.advance(std::chrono::milliseconds(1));
  HttpClient old_idle = fixture.client();
  CHECK(old_idle.get("/hello").status == 200);
  fixture.advance(std::chrono::milliseconds(1));
  HttpClient new_idle = fixture.client();
  CHECK(new_idle.get("/hello").status == 200);
  fixture.advance(std::chrono::milliseconds(1));

  HttpClient fourth = fixture.client();
  CHECK(fourth.get("/hello").status == 200);
  CHECK(old_idle.ended());
  HttpClient fifth = fixture.client();
  fifth.send("GET /hel");
  CHECK(new_idle.ended());
  HttpClient sixth = fixture.client();
  sixth.send("GET /hel");
  CHECK(fourth.ended());
  HttpClient seventh = fixture.client();
  CHECK(seventh.get("/hello").status == 200);
  CHECK(incomplete.ended());
  CHECK(fixture.statistics.rejections(HttpRejection::evicted_idle) == 3);
  CHECK(fixture.statistics.rejections(HttpRejection::evicted_head) == 1);
}

TEST_CASE("when every connection is at work a further one gets 503 with Retry-After") {
  const auto gate = std::make_shared<Gatekeeper>();
  HttpLimits limits;
  limits.connections = 2;
  HttpFixture fixture(routes_with(gate), limits);
  HttpClient first = fixture.client();
  HttpClient second = fixture.client();
  first.send(kSlow);
  second.send(kSlow);
  gate->wait_for(2);
  for (int i = 0; i < 100; ++i) {
    HttpClient third = fixture.client();
    const HttpReply reply = third.get("/hello");
    CHECK(reply.status == 503);
    CHECK(reply.field("Retry-After") == "1");
  }
  gate->release();
  CHECK(first.reply().status == 200);
  CHECK(second.reply().status == 200);
  CHECK(fixture.client().get("/hello").status == 200);
}

TEST_CASE("slow routes do not hold up others, and beyond the queue they are 503") {
  const auto gate = std::make_shared<Gatekeeper>();
  HttpServerOptions options;
  options.pool_threads = 2;
  options.pool_queue = 3;
  HttpFixture fixture(routes_with(gate), {}, options);
  std::vector<HttpClient> clients;
  for (int i = 0; i < 2; ++i) {
    clients.push_back(fixture.client());
    clients.back().send(kSlow);
  }
  gate->wait_for(2);
  for (int i = 0; i < 3; ++i) {
    clients.push_back(fixture.client());
    clients.back().send(kSlow);
  }
  HttpReply refused;
  // Which of the four that compete for three places is refused depends on their order of arrival.
  clients.push_back(fixture.client());
  clients.back().send(kSlow);
  CHECK(fixture.statistics.wait_for_rejection(HttpRejection::pool_full));
  CHECK(fixture.client().get("/hello").status == 200);
  gate->release();
  int good = 0;
  int busy = 0;
  for (HttpClient& client : clients) {
    const int status = client.reply().status;
    good += status == 200;
    busy += status == 503;
  }
  CHECK(good == 5);
  CHECK(busy == 1);
}

TEST_CASE("requests behind a slow one wait for it and keep their order") {
  const auto gate = std::make_shared<Gatekeeper>();
  HttpLimits limits;
  limits.head.body = 100;
  HttpFixture fixture(routes_with(gate), limits);
  HttpClient client = fixture.client();
  client.send(kSlow + "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc" +
              "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n");
  gate->wait_for(1);
  gate->release();
  CHECK(client.reply().body == "slow\n");
  CHECK(client.reply().body == "abc");
  CHECK(client.reply().body == "hello\n");
}

TEST_CASE("a slow route that takes too long is 504") {
  const auto gate = std::make_shared<Gatekeeper>();
  HttpFixture fixture(routes_with(gate));
  HttpClient client = fixture.client();
  client.send(kSlow);
  gate->wait_for(1);
  fixture.advance(HttpLimits().pool_time);
  CHECK(client.reply().status == 504);
  gate->release();
  CHECK(client.ended());
}

TEST_CASE("a client that hangs up during a slow route is forgotten") {
  const auto gate = std::make_shared<Gatekeeper>();
  HttpFixture fixture(routes_with(gate));
  {
    HttpClient client = fixture.client();
    client.send(kSlow);
    gate->wait_for(1);
    const linger reset{1, 0};
    setsockopt(client.descriptor(), SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
  }
  CHECK(fixture.statistics.wait_for_open(0));
  gate->release();
  CHECK(fixture.client().get("/hello").status == 200);
}

TEST_CASE("stopping finishes the answer in flight and closes idle connections") {
  const auto gate = std::make_shared<Gatekeeper>();
  HttpFixture fixture(routes_with(gate));
  HttpClient idle = fixture.client();
  CHECK(idle.get("/hello").status == 200);
  HttpClient busy = fixture.client();
  busy.send(kSlow);
  gate->wait_for(1);
  const uint16_t port = fixture.server.port();
  auto stopped =
      std::async(std::launch::async, [&] { fixture.server.stop(std::chrono::hours(1)); });
  CHECK(idle.ended());
  gate->release();
  CHECK(busy.reply().body == "slow\n");
  CHECK(busy.ended());
  busy.close();
  stopped.get();
  CHECK(!HttpClient(port).connected());
}

TEST_CASE("stopping does not wait for a slow route beyond the grace") {
  const auto gate = std::make_shared<Gatekeeper>();
  HttpFixture fixture(routes_with(gate));
  HttpClient busy = fixture.client();
  busy.send(kSlow);
  gate->wait_for(1);
  fixture.server.stop(Duration::zero());
  CHECK(busy.ended());
  gate->release();
}

}  // namespace anemon
