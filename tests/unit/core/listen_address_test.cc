#include "core/listen_address.h"

#include "tests/catch.h"

using anemon::parse_listen_address;

TEST_CASE("addresses to listen on are split into host and port and printed back") {
  struct Case {
    const char* text;
    const char* host;
    int port;
    bool loopback;
  };
  const Case cases[] = {
      {"127.0.0.1:10263", "127.0.0.1", 10263, true},
      {"127.9.9.9:1", "127.9.9.9", 1, true},
      {"0.0.0.0:80", "0.0.0.0", 80, false},
      {"[::1]:10263", "::1", 10263, true},
      {"[::]:0", "::", 0, false},
      {"localhost:0", "localhost", 0, true},
      {"mac-studio.local:65535", "mac-studio.local", 65535, false},
      {"[::ffff:127.0.0.1]:1", "::ffff:127.0.0.1", 1, false},
      {"127.0.0.1.example:1", "127.0.0.1.example", 1, false},
  };
  for (const Case& one : cases) {
    INFO(one.text);
    const auto address = parse_listen_address(one.text);
    REQUIRE(address.has_value());
    CHECK(address->host == one.host);
    CHECK(address->port == one.port);
    CHECK(address->is_loopback() == one.loopback);
    CHECK(address->text() == one.text);
  }
}

TEST_CASE("text that is no address to listen on is refused") {
  for (const char* text : {"",
                           ":",
                           ":10263",
                           "10263",
                           "localhost",
                           "localhost:",
                           "localhost:65536",
                           "localhost:-1",
                           "localhost:+1",
                           "localhost:http",
                           "::1:10263",
                           "[::1]",
                           "[]:1",
                           "[127.0.0.1]:1",
                           "[::1:1",
                           "1.2.3:80",
                           "256.0.0.1:80",
                           "1.2.3.4.5:80",
                           "http://localhost:80",
                           "local host:80",
                           "user@host:80",
                           "*:80",
                           "-x:80",
                           "localhost:000080"}) {
    INFO(text);
    CHECK_FALSE(parse_listen_address(text).has_value());
  }
  CHECK_FALSE(parse_listen_address(std::string_view("127.0.0.1\0:80", 13)).has_value());
  CHECK_FALSE(parse_listen_address(std::string(300, 'a') + ":80").has_value());
}
