// The server as an honest client sees it.
#include "exporters/http_server.h"

#include <atomic>
#include <stdexcept>

#include "core/error.h"
#include "tests/catch.h"
#include "tests/unit/exporters/http_fixture.h"

namespace anemon {

using namespace test;

namespace {

std::vector<Route> one(Route route) {
  std::vector<Route> routes;
  routes.push_back(std::move(route));
  return routes;
}

SharedPage small_page(PageVariant variant) {
  if (variant == 1) {
    return std::make_shared<Page>("text/plain", "zipped", HttpFields{{"Content-Encoding", "gzip"}});
  }
  return std::make_shared<Page>("text/plain", "plain");
}

}  // namespace

TEST_CASE("a route's answer arrives with its status, type and length") {
  HttpFixture fixture(one(get_route("/hello", hello)));
  HttpClient client = fixture.client();
  const HttpReply reply = client.get("/hello");
  CHECK(reply.status == 200);
  CHECK(reply.head.starts_with("HTTP/1.1 200 OK\r\n"));
  CHECK(reply.field("Content-Type") == "text/plain");
  CHECK(reply.field("Content-Length") == "6");
  CHECK(reply.field("Connection") == "<none>");
  CHECK(reply.field("Keep-Alive") == "<none>");
  CHECK(reply.body == "hello\n");
  CHECK(fixture.statistics.answers("/hello 200") == 1);
}

TEST_CASE("a connection is kept from answer to answer, also after an error of a route") {
  HttpFixture fixture(one(get_route("/hello", hello)));
  HttpClient client = fixture.client();
  for (int i = 0; i < 10; ++i) CHECK(client.get("/hello").status == 200);
  CHECK(client.get("/nothing").status == 404);
  CHECK(client.get("/hello").body == "hello\n");
  CHECK(fixture.statistics.answers("/hello 200") == 11);
  CHECK(fixture.statistics.answers("none 404") == 1);
}

TEST_CASE("20 pipelined requests get 20 answers in order") {
  HttpFixture fixture(one(get_route("/echo/{n}", [](const HttpRequest& request) {
    return text_response(200, "text/plain", request.path_parameters.at(0));
  })));
  HttpClient client = fixture.client();
  std::string requests;
  for (int i = 0; i < 20; ++i) {
    requests += "GET /echo/" + std::to_string(i) + " HTTP/1.1\r\nHost: a\r\n\r\n";
  }
  client.send(requests);
  for (int i = 0; i < 20; ++i) CHECK(client.reply().body == std::to_string(i));
}

TEST_CASE("a request may arrive byte by byte") {
  HttpFixture fixture(one(post_route("/echo",
                                     [](const HttpRequest& request) {
                                       return text_response(200, "text/plain", request.body);
                                     })),
                      [] {
                        HttpLimits limits;
                        limits.head.body = 100;
                        return limits;
                      }());
  HttpClient client = fixture.client();
  const int on = 1;
  setsockopt(client.descriptor(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  for (const char c :
       std::string("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello")) {
    REQUIRE(client.send(std::string(1, c)));
  }
  CHECK(client.reply().body == "hello");
}

TEST_CASE("Connection: close and HTTP/1.0 end the connection after the answer") {
  HttpFixture fixture(one(get_route("/hello", hello)));
  HttpClient closing = fixture.client();
  const HttpReply reply = closing.get("/hello", "Connection: close\r\n");
  CHECK(reply.status == 200);
  CHECK(reply.field("Connection") == "close");
  CHECK(closing.ended());

  HttpClient old = fixture.client();
  CHECK(old.ask("GET /hello HTTP/1.0\r\n\r\n").body == "hello\n");
  CHECK(old.ended());
}

TEST_CASE("HEAD gives the head of GET and no body") {
  HttpFixture fixture([] {
    std::vector<Route> routes = one(get_route("/hello", hello));
    routes.push_back(page_route("/page", small_page));
    return routes;
  }());
  HttpClient client = fixture.client();
  for (const std::string path : {"/hello", "/page", "/page"}) {
    const HttpReply get = client.get(path);
    const HttpReply head = client.ask("HEAD " + path + " HTTP/1.1\r\nHost: a\r\n\r\n");
    CHECK(head.head == get.head);
    CHECK(client.received().empty());
  }
  CHECK(client.get("/hello").status == 200);
}

TEST_CASE("a wrong method is 405 with Allow, an unknown path 404, both as JSON") {
  HttpFixture fixture([] {
    std::vector<Route> routes = one(get_route("/v1/sessions", hello));
    routes.push_back(post_route("/v1/sessions", hello));
    return routes;
  }());
  HttpClient client = fixture.client();
  const HttpReply wrong = client.ask("DELETE /v1/sessions HTTP/1.1\r\nHost: a\r\n\r\n");
  CHECK(wrong.status == 405);
  CHECK(wrong.field("Allow") == "GET, HEAD, POST");
  CHECK_THAT(wrong.body, ANEMON_CONTAINS("\"code\":\"method_not_allowed\""));
  CHECK(client.ask("OPTIONS /v1/sessions HTTP/1.1\r\nHost: a\r\n\r\n").status == 405);
  const HttpReply unknown = client.get("/v1/session");
  CHECK(unknown.status == 404);
  CHECK(unknown.field("Content-Type") == "application/json");
}

TEST_CASE("paths and queries reach the handler decoded, fields raw") {
  HttpFixture fixture(one(get_route("/v1/sessions/{id}", [](const HttpRequest& request) {
    std::string text = request.path_parameters.at(0);
    for (const auto& [name, value] : request.query) text += "|" + name + "=" + value;
    text += "|" + std::string(request.head.header("x-name"));
    text += request.local ? "|local" : "|remote";
    return text_response(200, "text/plain", text);
  })));
  HttpClient client = fixture.client();
  CHECK(client.get("/v1/sessions/a%20b?match=x%3Dy&match=z", "X-Name: %41\r\n").body ==
        "a b|match=x=y|match=z|%41|remote");
}

TEST_CASE("a page is sent as its variant, and again for the same head") {
  std::atomic<int> asked{0};
  HttpFixture fixture(one(page_route("/metrics", [&asked](PageVariant variant) {
    ++asked;
    return small_page(variant);
  })));
  HttpClient client = fixture.client();
  for (int i = 0; i < 3; ++i) {
    CHECK(client.get("/metrics").body == "plain");
    const HttpReply zipped = client.get("/metrics", "Accept-Encoding: gzip\r\n");
    CHECK(zipped.body == "zipped");
    CHECK(zipped.field("Content-Encoding") == "gzip");
    CHECK(client.get("/metrics", "Accept-Encoding: gzip\r\n").body == "zipped");
  }
  CHECK(client.ask("GET /metrics HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            .field("Connection") == "close");
  CHECK(asked == 10);
  CHECK(fixture.statistics.answers("/metrics 200") == 10);
}

TEST_CASE("a page that does not exist yet is 503, with Retry-After") {
  HttpFixture fixture(one(page_route("/metrics", [](PageVariant) { return SharedPage(); })));
  const HttpReply reply = fixture.client().get("/metrics");
  CHECK(reply.status == 503);
  CHECK(reply.field("Retry-After") == "1");
}

TEST_CASE("a handler's exception is a 500 without its message, logged when it begins") {
  std::atomic<bool> failing{true};
  HttpFixture fixture([&failing] {
    std::vector<Route> routes = one(get_route("/broken", [&failing](const HttpRequest& request) {
      if (failing) throw std::runtime_error("secret");
      return hello(request);
    }));
    routes.push_back(
        page_route("/page", [](PageVariant) -> SharedPage { throw std::runtime_error("secret"); }));
    return routes;
  }());
  for (int i = 0; i < 3; ++i) {
    for (const char* path : {"/broken", "/page"}) {
      HttpClient client = fixture.client();
      const HttpReply reply = client.get(path);
      CHECK(reply.status == 500);
      CHECK((reply.head + reply.body).find("secret") == std::string::npos);
      CHECK(client.ended());
    }
  }
  CHECK(fixture.log.count("route=GET /broken error=secret") == 1);
  CHECK(fixture.log.count("secret") == 2);
  failing = false;
  CHECK(fixture.client().get("/broken").status == 200);
  failing = true;
  CHECK(fixture.client().get("/broken").status == 500);
  CHECK(fixture.log.count("route=GET /broken error=secret") == 2);
}

TEST_CASE("an answer larger than the socket's buffer arrives whole") {
  const std::string large(8 * 1024 * 1024, 'x');
  HttpFixture fixture(one(get_route(
      "/large", [&large](const HttpRequest&) { return text_response(200, "text/plain", large); })));
  HttpClient client = fixture.client();
  client.send("GET /large HTTP/1.1\r\nHost: a\r\n\r\nGET /large HTTP/1.1\r\nHost: a\r\n\r\n");
  CHECK((client.reply().body == large));
  CHECK((client.reply().body == large));
}

TEST_CASE("Expect: 100-continue is answered before the body is read") {
  HttpLimits limits;
  limits.head.body = 10;
  HttpFixture fixture(one(post_route("/echo",
                                     [](const HttpRequest& request) {
                                       return text_response(200, "text/plain", request.body);
                                     })),
                      limits);
  HttpClient client = fixture.client();
  client.send(
      "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
  CHECK(client.reply().status == 100);
  CHECK(client.ask("ok").body == "ok");
}

TEST_CASE("answers without a body have no length, others say zero") {
  HttpFixture fixture([] {
    std::vector<Route> routes = one(get_route("/gone", [](const HttpRequest&) {
      HttpResponse response;
      response.status = 204;
      return response;
    }));
    routes.push_back(get_route("/empty", [](const HttpRequest&) { return HttpResponse(); }));
    return routes;
  }());
  HttpClient client = fixture.client();
  const HttpReply gone = client.get("/gone");
  CHECK(gone.status == 204);
  CHECK(gone.field("Content-Length") == "<none>");
  CHECK(client.get("/empty").field("Content-Length") == "0");
}

TEST_CASE("IPv6 and every address of the machine can be served") {
  HttpFixture six(ListenAddress{"::1", 0}, one(get_route("/", hello)));
  CHECK(six.server.port() != 0);
  HttpFixture wide(ListenAddress{"0.0.0.0", 0}, one(get_route("/", hello)));
  CHECK(wide.client().get("/").status == 200);
}

TEST_CASE("a taken port is refused with the address and a hint") {
  HttpFixture first(one(get_route("/", hello)));
  const uint16_t port = first.server.port();
  try {
    HttpFixture second(ListenAddress{"127.0.0.1", port}, one(get_route("/", hello)));
    FAIL("two servers share a port");
  } catch (const Error& error) {
    CHECK_THAT(error.what(), ANEMON_CONTAINS("127.0.0.1:" + std::to_string(port)));
    CHECK_THAT(error.hint(), ANEMON_CONTAINS("--listen"));
  }
}

}  // namespace anemon
