#include "exporters/http_head.h"

#include <algorithm>
#include <array>

#include "core/listen_address.h"

namespace anemon {
namespace {

constexpr std::string_view kCrlf = "\r\n";
constexpr std::size_t kLongestMethod = 16;
constexpr std::size_t kVersionLength = 8;  // of "HTTP/1.1"
constexpr std::array<std::string_view, 7> kMethods = {"GET",    "HEAD",  "POST",   "PUT",
                                                      "DELETE", "PATCH", "OPTIONS"};

constexpr Refusal kLineTooLong{414, "uri_too_long", "the request target is too long"};
constexpr Refusal kHeadTooLarge{431, "headers_too_large", "the request head is too large"};

constexpr Refusal bad(std::string_view message) { return {400, "bad_request", message}; }

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_alphanumeric(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_token_char(char c) {
  return is_alphanumeric(c) ||
         std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}
bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_token_char);
}
bool is_visible(char c) { return c > 0x20 && c < 0x7f; }
bool is_field_char(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte == '\t' || (byte >= 0x20 && byte != 0x7f);
}
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
bool same_text(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

std::string_view trimmed(std::string_view text) {
  const auto blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

// Takes the text up to the next CRLF (or the end) off the front of `rest`.
std::string_view take_line(std::string_view& rest) {
  const std::size_t end = rest.find(kCrlf);
  const std::string_view line = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + kCrlf.size());
  return line;
}

bool lists_token(std::string_view list, std::string_view token) {
  while (!list.empty()) {
    const std::size_t comma = list.find(',');
    if (same_text(trimmed(list.substr(0, comma)), token)) return true;
    list.remove_prefix(comma == std::string_view::npos ? list.size() : comma + 1);
  }
  return false;
}

std::optional<Refusal> check_target(std::string_view target, const HeadLimits& limits) {
  if (target.size() > limits.target) return kLineTooLong;
  if (target.empty() || target.front() != '/') return bad("the request target must be a path");
  for (std::size_t i = 0; i < target.size(); ++i) {
    if (!is_visible(target[i]) || target[i] == '#')
      return bad("a character of the target is not allowed");
    if (target[i] != '%') continue;
    if (i + 2 >= target.size() || !is_hex(target[i + 1]) || !is_hex(target[i + 2])) {
      return bad("a percent escape of the target is broken");
    }
    if (target[i + 1] == '0' && target[i + 2] == '0') return bad("the target contains a NUL");
  }
  return std::nullopt;
}

std::optional<Refusal> check_version(std::string_view version, HttpHead& head) {
  if (version == "HTTP/1.1") return std::nullopt;
  if (version == "HTTP/1.0") {
    head.close = true;
    return std::nullopt;
  }
  if (version.size() == kVersionLength && version.starts_with("HTTP/") && is_digit(version[5]) &&
      version[6] == '.' && is_digit(version[7])) {
    return Refusal{505, "version_not_supported", "only HTTP/1.1 and HTTP/1.0 are spoken here"};
  }
  return bad("the request line has no HTTP version");
}

std::optional<Refusal> check_request_line(std::string_view line, const HeadLimits& limits,
                                          HttpHead& head) {
  const std::size_t first = line.find(' ');
  const std::size_t second = line.find(' ', first == std::string_view::npos ? first : first + 1);
  if (second == std::string_view::npos) return bad("the request line is not METHOD TARGET VERSION");
  head.method = line.substr(0, first);
  head.target = line.substr(first + 1, second - first - 1);
  if (!is_token(head.method)) return bad("the method is not a token");
  if (const auto refusal = check_version(line.substr(second + 1), head)) return refusal;
  if (std::find(kMethods.begin(), kMethods.end(), head.method) == kMethods.end()) {
    return Refusal{501, "method_not_implemented", "this method is not known here"};
  }
  return check_target(head.target, limits);
}

std::optional<Refusal> read_content_length(std::string_view value, std::uint64_t& length) {
  constexpr std::size_t kDigits = 18;  // any 18 digits fit 64 bits
  if (value.empty() || !std::all_of(value.begin(), value.end(), is_digit)) {
    return bad("Content-Length is not a number");
  }
  while (value.size() > 1 && value.front() == '0') value.remove_prefix(1);
  if (value.size() > kDigits) return bad("Content-Length is out of range");
  length = 0;
  for (const char c : value) length = length * 10 + static_cast<std::uint64_t>(c - '0');
  return std::nullopt;
}

bool is_host(std::string_view value) {
  constexpr std::size_t kLongest = 261;  // a DNS name, a colon and a port
  return !value.empty() && value.size() <= kLongest &&
         std::all_of(value.begin(), value.end(), [](char c) {
           return is_alphanumeric(c) ||
                  std::string_view("-._~:[]%").find(c) != std::string_view::npos;
         });
}

// The fields that decide where the message ends and what becomes of the connection.
struct Framing {
  bool host = false;
  bool length = false;
  bool encoded_body = false;
  bool transfer_encoding = false;
  bool unknown_expectation = false;
};

std::optional<Refusal> take_field(std::string_view name, std::string_view value, Framing& framing,
                                  HttpHead& head) {
  if (same_text(name, "host")) {
    if (framing.host) return bad("there is more than one Host");
    if (!is_host(value)) return bad("Host is not a host");
    framing.host = true;
  } else if (same_text(name, "content-length")) {
    if (framing.length) return bad("there is more than one Content-Length");
    framing.length = true;
    return read_content_length(value, head.content_length);
  } else if (same_text(name, "transfer-encoding")) {
    framing.transfer_encoding = true;
  } else if (same_text(name, "content-encoding")) {
    framing.encoded_body |= !same_text(value, "identity");
  } else if (same_text(name, "connection")) {
    head.close |= lists_token(value, "close");
  } else if (same_text(name, "expect")) {
    head.expect_continue = same_text(value, "100-continue");
    framing.unknown_expectation |= !head.expect_continue;
  }
  return std::nullopt;
}

std::optional<Refusal> check_framing(const Framing& framing, bool version_1_1,
                                     const HeadLimits& limits, const HttpHead& head) {
  if (version_1_1 && !framing.host) return bad("there is no Host");
  if (framing.transfer_encoding) {
    if (framing.length || !version_1_1) return bad("the length of the body is ambiguous");
    return Refusal{501, "not_implemented",
                   "Transfer-Encoding is not accepted; send Content-Length"};
  }
  if (framing.unknown_expectation) {
    return Refusal{417, "expectation_failed", "only Expect: 100-continue is understood"};
  }
  const bool bodiless = head.method == "GET" || head.method == "HEAD" || head.method == "OPTIONS";
  if (head.content_length > (bodiless ? 0 : limits.body)) {
    return Refusal{413, "body_too_large", "the body is larger than this resource accepts"};
  }
  if (head.content_length > 0 && framing.encoded_body) {
    return Refusal{415, "unsupported_encoding", "encoded request bodies are not accepted"};
  }
  return std::nullopt;
}

}  // namespace

std::string_view HttpHead::header(std::string_view name) const {
  std::string_view rest = fields;
  while (!rest.empty()) {
    const std::string_view line = take_line(rest);
    const std::size_t colon = line.find(':');
    if (colon != std::string_view::npos && same_text(line.substr(0, colon), name)) {
      return trimmed(line.substr(colon + 1));
    }
  }
  return {};
}

std::size_t head_length(std::string_view bytes) {
  const std::size_t end = bytes.find("\r\n\r\n");
  return end == std::string_view::npos ? 0 : end + 4;
}

std::optional<Refusal> check_incomplete_head(std::string_view bytes, const HeadLimits& limits) {
  const std::size_t line = bytes.find_first_of(kCrlf);
  const std::string_view first = bytes.substr(0, line);
  if (line == 0 ||
      !std::all_of(first.begin(), first.end(), [](char c) { return is_visible(c) || c == ' '; })) {
    return bad("this is not an HTTP request");
  }
  if (first.size() > kLongestMethod &&
      first.substr(0, kLongestMethod + 1).find(' ') == first.npos) {
    return bad("this is not an HTTP request");
  }
  if (first.size() > kLongestMethod + limits.target + kVersionLength + 2) return kLineTooLong;
  if (bytes.size() >= limits.bytes) return kHeadTooLarge;
  if (line == std::string_view::npos) return std::nullopt;
  if (bytes.substr(line).starts_with(kCrlf)) {
    HttpHead unused;
    if (const auto refusal = check_request_line(first, limits, unused)) return refusal;
  }
  // Line ends that only lenient parsers accept: a lone LF anywhere, a CR without its LF.
  for (std::size_t i = line; i < bytes.size(); ++i) {
    const bool stray_lf = bytes[i] == '\n' && bytes[i - 1] != '\r';
    const bool stray_cr = bytes[i] == '\r' && i + 1 < bytes.size() && bytes[i + 1] != '\n';
    if (stray_lf || stray_cr || bytes[i] == '\0') return bad("a line does not end with CRLF");
  }
  return std::nullopt;
}

std::optional<Refusal> check_head(std::string_view bytes, const HeadLimits& limits,
                                  HttpHead& head) {
  head = {};
  if (bytes.size() > limits.bytes) return kHeadTooLarge;
  std::string_view rest = bytes.substr(0, bytes.size() - kCrlf.size());
  const std::string_view request_line = take_line(rest);
  if (const auto refusal = check_request_line(request_line, limits, head)) return refusal;
  const bool version_1_1 = !head.close;

  head.fields = rest;
  Framing framing;
  for (std::size_t count = 0; !rest.empty(); ++count) {
    if (count == limits.headers) {
      return Refusal{431, "headers_too_large", "the request has too many header fields"};
    }
    const std::string_view line = take_line(rest);
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || !is_token(line.substr(0, colon))) {
      return bad("a header field is malformed");  // covers folded lines and blanks before the colon
    }
    const std::string_view value = trimmed(line.substr(colon + 1));
    if (!std::all_of(value.begin(), value.end(), is_field_char)) {
      return bad("a header value contains a control character");
    }
    if (const auto refusal = take_field(line.substr(0, colon), value, framing, head))
      return refusal;
  }
  return check_framing(framing, version_1_1, limits, head);
}

bool names_loopback(std::string_view host) {
  if (host.empty()) return true;
  const bool has_port = host.find(':', host.front() == '[' ? host.find(']') : 0) != host.npos;
  const auto address = parse_listen_address(std::string(host) + (has_port ? "" : ":0"));
  return address && address->is_loopback();
}

}  // namespace anemon
