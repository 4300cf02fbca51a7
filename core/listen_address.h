// Where a TCP server listens, as written by people: "127.0.0.1:10263", "[::1]:10263",
// "localhost:0".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace anemon {

struct ListenAddress {
  std::string host;   // an IPv4 or IPv6 literal (no brackets) or a host name
  uint16_t port = 0;  // 0 lets the system choose

  // Only 127.0.0.0/8, ::1 and the name localhost: a name is not looked up.
  bool is_loopback() const;

  // HOST:PORT, with brackets around an IPv6 host.
  std::string text() const;
};

// Nothing unless the text is HOST:PORT with a host that can exist; names are not looked up.
std::optional<ListenAddress> parse_listen_address(std::string_view text);

}  // namespace anemon
