// Hostile clients: each must end well for itself (a prompt refusal) and for others (a fresh scrape
// is answered), with nothing amplified and nothing stored.
#include <sys/resource.h>

#include <fstream>
#include <thread>

#include "exporters/http_server.h"
#include "tests/catch.h"
#include "tests/unit/exporters/http_fixture.h"

namespace anemon {

using namespace test;

namespace {

constexpr size_t kPageSize = 48 * 1024;

std::vector<Route> scrape_routes() {
  static const auto page =
      std::make_shared<const Page>("text/plain; version=0.0.4", std::string(kPageSize, 'x'));
  std::vector<Route> routes;
  routes.push_back(page_route("/metrics", [](PageVariant) { return page; }));
  return routes;
}

bool fresh_scrape_works(const HttpFixture& fixture) {
  return fixture.client().get("/metrics").body.size() == kPageSize;
}

std::vector<HttpClient> crowd(const HttpFixture& fixture, size_t count,
                              std::string_view bytes = {}) {
  std::vector<HttpClient> clients;
  for (size_t i = 0; i < count; ++i) {
    clients.push_back(fixture.client());
    clients.back().send(bytes);
  }
  return clients;
}

long resident_kilobytes() {
  std::ifstream status("/proc/self/status");
  std::string word;
  while (status >> word) {
    if (word == "VmRSS:") {
      status >> word;
      return std::stol(word);
    }
  }
  return 0;
}

}  // namespace

TEST_CASE("500 silent connections do not keep a scrape out") {
  HttpFixture fixture(scrape_routes());
  const std::vector<HttpClient> silent = crowd(fixture, 500);
  CHECK(fresh_scrape_works(fixture));
  CHECK(fixture.statistics.rejections(HttpRejection::connection_limit) == 0);
  CHECK(fixture.statistics.rejections(HttpRejection::evicted_head) >= 500 - 256);
}

TEST_CASE("64 clients with half a request do not keep a scrape out, and get 408 in time") {
  HttpFixture fixture(scrape_routes());
  std::vector<HttpClient> mute = crowd(fixture, 64, "GET /metrics HTTP/1.1\r\nHo");
  CHECK(fresh_scrape_works(fixture));
  fixture.advance(HttpLimits().head_time);
  for (HttpClient& client : mute) CHECK(client.reply().status == 408);
  CHECK(fresh_scrape_works(fixture));
}

TEST_CASE("clients that drip a byte now and then are cut off at the total deadline") {
  HttpFixture fixture(scrape_routes());
  std::vector<HttpClient> dripping = crowd(fixture, 8, "GET /metrics HTTP/1.1\r\nX: ");
  CHECK(fresh_scrape_works(fixture));  // whoever connected before it is served before it
  const Duration step = HttpLimits().head_time / 10;
  for (int i = 0; i < 9; ++i) {
    fixture.advance(step);
    for (HttpClient& client : dripping) client.send("a");
    CHECK(fresh_scrape_works(fixture));
  }
  CHECK(fixture.statistics.rejections(HttpRejection::head_timeout) == 0);
  fixture.advance(step);
  for (HttpClient& client : dripping) CHECK(client.reply().status == 408);
}

TEST_CASE("clients that never read are reset at the deadline and hold up nobody") {
  const auto large = std::make_shared<const Page>("text/plain", std::string(16 << 20, 'x'));
  std::vector<Route> routes = scrape_routes();
  routes.push_back(page_route("/large", [large](PageVariant) { return large; }));
  HttpFixture fixture(std::move(routes));
  std::vector<HttpClient> stuck = crowd(fixture, 8, "GET /large HTTP/1.1\r\nHost: a\r\n\r\n");
  for (const HttpClient& client : stuck) REQUIRE(client.readable(HttpClient::kPatience));
  CHECK(fresh_scrape_works(fixture));
  fixture.advance(std::chrono::hours(1));
  CHECK(fixture.statistics.wait_for_rejection(HttpRejection::slow_reader, 8));
  CHECK(fixture.statistics.wait_for_open(0));
  CHECK(fresh_scrape_works(fixture));
}

TEST_CASE("a burst of 200 clients is answered whole") {
  HttpFixture fixture(scrape_routes());
  std::vector<HttpClient> clients = crowd(fixture, 200, "GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n");
  for (HttpClient& client : clients) CHECK(client.reply().body.size() == kPageSize);
}

TEST_CASE("a body of 64 MiB is refused at once, unread") {
  HttpFixture fixture(scrape_routes());
  for (const std::string method : {"GET", "POST"}) {
    HttpClient client = fixture.client();
    client.send(method + " /metrics HTTP/1.1\r\nHost: a\r\nContent-Length: 67108864\r\n\r\n");
    CHECK(client.reply().status == 413);
    // The rest may be pushed after it; the server discards a little of it and hangs up.
    const std::string chunk(64 * 1024, 'b');
    size_t taken = 0;
    while (taken < 64 * 1024 * 1024 && client.send(chunk)) taken += chunk.size();
    CHECK(taken < 64 * 1024 * 1024);
    CHECK(fresh_scrape_works(fixture));
  }
}

TEST_CASE("a client that is still sending when it is refused can finish and read why") {
  HttpFixture fixture(scrape_routes());
  HttpClient client = fixture.client();
  client.send("POST /metrics HTTP/1.1\r\nHost: a\r\nContent-Length: 200000\r\n\r\n");
  REQUIRE(client.readable(HttpClient::kPatience));
  const std::string part(50'000, 'b');
  for (int i = 0; i < 4; ++i) CHECK(client.send(part));
  CHECK(client.reply().status == 413);
  CHECK(client.ended());
}

TEST_CASE("200000 headers are refused within the head's budget and not stored") {
  HttpFixture fixture(scrape_routes());
  CHECK(fresh_scrape_works(fixture));
  const long before = resident_kilobytes();
  std::vector<HttpClient> clients;
  for (int i = 0; i < 8; ++i) {
    clients.push_back(fixture.client());
    HttpClient& client = clients.back();
    client.send("GET /metrics HTTP/1.1\r\nHost: a\r\n");
    std::string lines;
    for (int line = 0; line < 200; ++line) lines += "X-Header: value\r\n";
    for (int block = 0; block < 1000 && client.send(lines); ++block) {
    }
  }
  CHECK(fixture.statistics.wait_for_rejection(HttpRejection::bad_request, 8));
  CHECK(fixture.statistics.answers("none 431") == 8);
  CHECK(fresh_scrape_works(fixture));
  CHECK(resident_kilobytes() - before < 2048);
}

TEST_CASE("Range is ignored, however often it is repeated") {
  HttpFixture fixture(scrape_routes());
  std::string range = "Range: bytes=0-";
  for (int i = 0; i < 2600; ++i) range += ",0-";
  const HttpReply reply = fixture.client().get("/metrics", range + "\r\n");
  CHECK(reply.status == 200);
  CHECK(reply.body.size() == kPageSize);
}

TEST_CASE("malformed requests are refused at once, and the connection ends") {
  struct Bad {
    std::string bytes;
    int status;
  };
  const std::vector<Bad> requests = {
      {"GET /metrics\r\n\r\n", 400},
      {"GET /metrics HTTP/9.9\r\nHost: a\r\n\r\n", 505},
      {"BREW /metrics HTTP/1.1\r\nHost: a\r\n\r\n", 501},
      {"GET /metrics HTTP/1.1\r\n\r\n", 400},
      {"GET /metrics HTTP/1.1\nHost: a\n\n", 400},
      {std::string("\x16\x03\x01\x02\x00\x01\x00\x01", 8), 400},
      {std::string(64, '\0'), 400},
      {std::string(4096, 'A'), 400},
      {"\r\n\r\n", 400},
      {"POST /metrics HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: "
       "chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
       501},
      {"GET /" + std::string(8000, 'a') + " HTTP/1.1\r\nHost: a\r\n\r\n", 414},
      {"GET /a HTTP/1.1\r\nHost: a\r\nREMOTE_ADDR: 127.0.0.1\r\nX: \x01\r\n\r\n", 400},
  };
  HttpFixture fixture(scrape_routes());
  for (const Bad& bad : requests) {
    INFO(bad.bytes.substr(0, 40));
    HttpClient client = fixture.client();
    const HttpReply reply = client.ask(bad.bytes);
    CHECK(reply.status == bad.status);
    CHECK(reply.field("Connection") == "close");
    CHECK(client.ended());
  }
  CHECK(fresh_scrape_works(fixture));
}

TEST_CASE("refused clients that do not hang up do not keep a scrape out") {
  HttpFixture fixture(scrape_routes());
  std::vector<HttpClient> refused = crowd(fixture, HttpLimits().connections, "garbage\r\n");
  for (HttpClient& client : refused) REQUIRE(client.reply().status == 400);
  fixture.advance(std::chrono::milliseconds(100));
  CHECK(fresh_scrape_works(fixture));
}

TEST_CASE("what follows a refused request is not answered") {
  HttpFixture fixture(scrape_routes());
  HttpClient client = fixture.client();
  const HttpReply reply = client.ask(
      "GET /metrics HTTP/1.1\r\nHost: a\r\nContent-Length: 40\r\n\r\nGET /metrics "
      "HTTP/1.1\r\nHost: "
      "a\r\n\r\n");
  CHECK(reply.status == 413);
  CHECK(client.ended());
}

TEST_CASE(
    "without a free descriptor a client still gets 503, and a scrape works again afterwards") {
  HttpFixture fixture(scrape_routes());
  CHECK(fresh_scrape_works(fixture));
  HttpClient late;
  late.open();
  REQUIRE(fixture.statistics.wait_for_open(0));
  rlimit original{};
  REQUIRE(getrlimit(RLIMIT_NOFILE, &original) == 0);
  rlimit few = original;
  few.rlim_cur = 128;
  REQUIRE(setrlimit(RLIMIT_NOFILE, &few) == 0);
  std::vector<int> filling;
  for (int copy = dup(2); copy >= 0; copy = dup(2)) filling.push_back(copy);

  late.connect(fixture.server.port());
  const HttpReply reply = late.reply();

  for (const int each : filling) close(each);
  setrlimit(RLIMIT_NOFILE, &original);
  CHECK(reply.status == 503);
  CHECK(reply.field("Retry-After") == "1");
  CHECK(late.ended());
  CHECK(fixture.statistics.rejections(HttpRejection::descriptor_limit) >= 1);
  CHECK(fresh_scrape_works(fixture));
}

}  // namespace anemon
