#include "core/listen_address.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>

namespace anemon {
namespace {

constexpr size_t kMaxHost = 253;  // of a DNS name

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_alphanumeric(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_ipv4(const std::string& host) {
  in_addr address{};
  return inet_pton(AF_INET, host.c_str(), &address) == 1;
}

bool is_ipv6(const std::string& host) {
  in6_addr address{};
  return inet_pton(AF_INET6, host.c_str(), &address) == 1;
}

// A name of only digits and dots is a mistyped address, not a name.
bool is_host_name(std::string_view host) {
  if (host.empty() || host.size() > kMaxHost || !is_alphanumeric(host.front())) return false;
  const auto allowed = [](char c) { return is_alphanumeric(c) || c == '-' || c == '.'; };
  const auto numeric = [](char c) { return is_digit(c) || c == '.'; };
  return std::all_of(host.begin(), host.end(), allowed) &&
         !std::all_of(host.begin(), host.end(), numeric);
}

std::optional<uint16_t> parse_port(std::string_view text) {
  if (text.empty() || text.size() > 5 || !std::all_of(text.begin(), text.end(), is_digit)) {
    return std::nullopt;
  }
  uint32_t port = 0;
  for (const char c : text) port = port * 10 + static_cast<uint32_t>(c - '0');
  if (port > 65535) return std::nullopt;
  return static_cast<uint16_t>(port);
}

}  // namespace

std::optional<ListenAddress> parse_listen_address(std::string_view text) {
  const size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || text.find('\0') != std::string_view::npos) {
    return std::nullopt;
  }
  const std::optional<uint16_t> port = parse_port(text.substr(colon + 1));
  if (!port) return std::nullopt;
  const std::string_view host = text.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) {
    const std::string inner(host.substr(1, host.size() - 2));
    if (!is_ipv6(inner)) return std::nullopt;
    return ListenAddress{inner, *port};
  }
  if (!is_ipv4(std::string(host)) && !is_host_name(host)) return std::nullopt;
  return ListenAddress{std::string(host), *port};
}

bool ListenAddress::is_loopback() const {
  in6_addr v6{};
  if (inet_pton(AF_INET6, host.c_str(), &v6) == 1) return IN6_IS_ADDR_LOOPBACK(&v6);
  return host == "localhost" || (is_ipv4(host) && host.starts_with("127."));
}

std::string ListenAddress::text() const {
  const bool v6 = host.find(':') != std::string::npos;
  return (v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

}  // namespace anemon
