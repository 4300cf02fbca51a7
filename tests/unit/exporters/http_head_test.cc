#include "exporters/http_head.h"

#include <string>
#include <vector>

#include "tests/catch.h"

namespace anemon {
namespace {

struct Case {
  std::string head;
  int status;  // 0: accepted
};

int status_of(const std::string& bytes, const HeadLimits& limits = {}) {
  HttpHead head;
  const auto refusal = check_head(bytes, limits, head);
  return refusal ? refusal->status : 0;
}

std::string with_fields(const std::string& fields) {
  return "GET / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n";
}

}  // namespace

TEST_CASE("a request line is METHOD SP path SP HTTP/1.x and nothing looser") {
  const std::vector<Case> cases = {
      {"GET / HTTP/1.1", 0},
      {"HEAD /metrics?a=b&c=%20 HTTP/1.1", 0},
      {"GET / HTTP/1.0", 0},
      {"GET  / HTTP/1.1", 400},
      {"GET / HTTP/1.1 ", 400},
      {" GET / HTTP/1.1", 400},
      {"GET\t/ HTTP/1.1", 400},
      {"GET /", 400},
      {"GET", 400},
      {"", 400},
      {"G@T / HTTP/1.1", 400},
      {"get / HTTP/1.1", 501},
      {"TRACE / HTTP/1.1", 501},
      {"CONNECT / HTTP/1.1", 501},
      {"GET / HTTP/1.2", 505},
      {"GET / HTTP/9.9", 505},
      {"PRI * HTTP/2.0", 505},
      {"GET / http/1.1", 400},
      {"GET / HTTP/1.10", 400},
      {"GET / HTTPS/1.1", 400},
      {"GET metrics HTTP/1.1", 400},
      {"GET http://a/ HTTP/1.1", 400},
      {"OPTIONS * HTTP/1.1", 400},
      {"GET /a#b HTTP/1.1", 400},
      {"GET /\x7f HTTP/1.1", 400},
      {"GET /\xc3\xa9 HTTP/1.1", 400},
      {"GET /%zz HTTP/1.1", 400},
      {"GET /%4 HTTP/1.1", 400},
      {"GET /%00 HTTP/1.1", 400},
  };
  for (const Case& each : cases) {
    INFO(each.head);
    CHECK(status_of(each.head + "\r\nHost: a\r\n\r\n") == each.status);
  }
}

TEST_CASE("a target longer than the limit is 414") {
  const HeadLimits limits;
  CHECK(status_of("GET /" + std::string(limits.target - 1, 'a') + " HTTP/1.1\r\nHost: a\r\n\r\n") ==
        0);
  CHECK(status_of("GET /" + std::string(limits.target, 'a') + " HTTP/1.1\r\nHost: a\r\n\r\n") ==
        414);
}

TEST_CASE("fields that could be read in two ways are refused") {
  const std::vector<Case> cases = {
      {"Accept: */*\r\n", 0},
      {"X-Empty:\r\n", 0},
      {"X-Latin: \xe9\r\n", 0},
      {"Accept : */*\r\n", 400},
      {" Accept: */*\r\n", 400},
      {"Accept: a\r\n  folded\r\n", 400},
      {"NoColon\r\n", 400},
      {": empty\r\n", 400},
      {"X: a\rb\r\n", 400},
      {"X: a\nb: c\r\n", 400},
      {std::string("X: a\0b\r\n", 8), 400},
      {"X: \x01\r\n", 400},
      {"Host: b\r\n", 400},
      {"Content-Length: 0\r\n", 0},
      {"Content-Length: 00\r\n", 0},
      {"Content-Length: 0\r\nContent-Length: 0\r\n", 400},
      {"Content-Length: -1\r\n", 400},
      {"Content-Length: +1\r\n", 400},
      {"Content-Length: 1, 1\r\n", 400},
      {"Content-Length: 0x10\r\n", 400},
      {"Content-Length:\r\n", 400},
      {"Content-Length: 18446744073709551616\r\n", 400},
      {"Content-Length: 1\r\n", 413},
      {"Transfer-Encoding: chunked\r\n", 501},
      {"Transfer-Encoding: chunked\r\nContent-Length: 0\r\n", 400},
      {"Expect: 100-continue\r\n", 0},
      {"Expect: 100-Continue\r\n", 0},
      {"Expect: tea\r\n", 417},
      {"Range: bytes=0-,0-,0-\r\n", 0},
      {"Upgrade: h2c\r\n", 0},
  };
  for (const Case& each : cases) {
    INFO(each.head);
    CHECK(status_of(with_fields(each.head)) == each.status);
  }
}

TEST_CASE("HTTP/1.1 names exactly one host, HTTP/1.0 may do without") {
  const std::vector<Case> cases = {
      {"GET / HTTP/1.1\r\n\r\n", 400},
      {"GET / HTTP/1.0\r\n\r\n", 0},
      {"GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost:\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: user@a\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: [::1]:10263\r\n\r\n", 0},
      {"GET / HTTP/1.1\r\nHost: mac-studio.local:10263\r\n\r\n", 0},
  };
  for (const Case& each : cases) {
    INFO(each.head);
    CHECK(status_of(each.head) == each.status);
  }
}

TEST_CASE("a body is accepted up to the limit, and only where a method has one") {
  HeadLimits limits;
  limits.body = 64 * 1024;
  const auto post = [&](const std::string& method, const std::string& fields) {
    return status_of(method + " / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n", limits);
  };
  CHECK(post("POST", "Content-Length: 65536\r\n") == 0);
  CHECK(post("POST", "Content-Length: 65537\r\n") == 413);
  CHECK(post("GET", "Content-Length: 1\r\n") == 413);
  CHECK(post("HEAD", "Content-Length: 1\r\n") == 413);
  CHECK(post("POST", "Content-Length: 9\r\nContent-Encoding: gzip\r\n") == 415);
  CHECK(post("POST", "Content-Length: 9\r\nContent-Encoding: identity\r\n") == 0);
  CHECK(post("POST", "Content-Encoding: gzip\r\n") == 0);
}

TEST_CASE("too many fields and too many bytes are 431") {
  HeadLimits limits;
  std::string fields;
  for (size_t i = 1; i < limits.headers; ++i) fields += "A: b\r\n";
  CHECK(status_of(with_fields(fields)) == 0);
  CHECK(status_of(with_fields(fields + "A: b\r\n")) == 431);
  CHECK(status_of(with_fields("A: " + std::string(limits.bytes, 'b') + "\r\n")) == 431);
}

TEST_CASE("the client decides whether its connection stays") {
  const auto closes = [](const std::string& bytes) {
    HttpHead head;
    REQUIRE(!check_head(bytes, {}, head));
    return head.close;
  };
  CHECK(!closes(with_fields("")));
  CHECK(!closes(with_fields("Connection: keep-alive\r\n")));
  CHECK(closes(with_fields("Connection: close\r\n")));
  CHECK(closes(with_fields("connection: keep-alive , CLOSE\r\n")));
  CHECK(!closes(with_fields("Connection: closed\r\n")));
  CHECK(closes("GET / HTTP/1.0\r\n\r\n"));
  CHECK(closes("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"));
}

TEST_CASE("fields are read as the client wrote them") {
  const std::string bytes = with_fields(
      "Accept:  text/plain;q=0.5 \r\nAuthorization: Basic %0d%0a\r\naccept: second\r\n");
  HttpHead head;
  REQUIRE(!check_head(bytes, {}, head));
  CHECK(head.header("accept") == "text/plain;q=0.5");
  CHECK(head.header("AUTHORIZATION") == "Basic %0d%0a");
  CHECK(head.header("host") == "a");
  CHECK(head.header("origin").empty());
}

TEST_CASE("a head that can no longer become good is refused before it is whole") {
  const HeadLimits limits;
  const auto status = [&](const std::string& bytes) {
    const auto refusal = check_incomplete_head(bytes, limits);
    return refusal ? refusal->status : 0;
  };
  CHECK(status("G") == 0);
  CHECK(status("GET / HT") == 0);
  CHECK(status("GET / HTTP/1.1\r") == 0);
  CHECK(status("GET / HTTP/1.1\r\nHost: a\r\n") == 0);
  CHECK(status("GET / HTTP/1.1\r\nHost: a\r\n\r") == 0);
  CHECK(status(std::string("\x16\x03\x01\x02\x00", 5)) == 400);  // a TLS ClientHello
  CHECK(status("\r\n") == 400);
  CHECK(status("garbage\r\n") == 400);
  CHECK(status("BREW / HTTP/1.1\r\n") == 501);
  CHECK(status("GET / HTTP/9.9\r\nHo") == 505);
  CHECK(status("GET / HTTP/1.1\n") == 400);
  CHECK(status("GET / HTTP/1.1\rX") == 400);
  CHECK(status("GET / HTTP/1.1\r\nHost: a\n") == 400);
  CHECK(status(std::string("GET / HTTP/1.1\r\nA: \0", 20)) == 400);
  CHECK(status(std::string(100, 'A')) == 400);
  CHECK(status("GET /" + std::string(limits.target + 64, 'a')) == 414);
  CHECK(status("GET / HTTP/1.1\r\nA: " + std::string(limits.bytes, 'b')) == 431);
}

TEST_CASE("no prefix of a good head is refused, and only the whole is complete") {
  const std::string good =
      "POST /v1/sessions?x=%41 HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n";
  for (size_t i = 0; i < good.size(); ++i) {
    INFO(i);
    CHECK(head_length(good.substr(0, i)) == 0);
    if (i > 0) CHECK(!check_incomplete_head(good.substr(0, i), {}));
  }
  CHECK(head_length(good + "GET") == good.size());
}

}  // namespace anemon
