// The strict check of a request's head, before any other code sees it. Allocates nothing; whatever
// could be read in two ways (RFC 9112, section 11) is refused instead of guessed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace anemon {

struct HeadLimits {
  std::size_t bytes = 16'384;  // the whole head
  std::size_t headers = 64;    // field lines
  std::size_t target = 2048;   // bytes of the request target
  std::uint64_t body = 0;      // declared bytes of a body; 0 refuses every body
};

// What the connection needs to know. The views point into the checked head.
struct HttpHead {
  std::string_view method;
  std::string_view target;  // origin form: begins with '/', printable ASCII only
  std::string_view fields;  // the field lines, each with its CRLF, without the final empty line
  std::uint64_t content_length = 0;
  bool close = false;  // the client wants, or its version implies, one answer per connection
  bool expect_continue = false;

  // The value of the first field of that name (compared without case) as the client wrote it, not
  // decoded, without surrounding blanks; empty when there is none.
  std::string_view header(std::string_view name) const;
};

// A reason not to serve: a status and fixed texts that never contain the client's bytes.
struct Refusal {
  int status = 400;
  std::string_view code = "bad_request";
  std::string_view message;
};

// Length of the head that `bytes` begins with, including its empty line; 0 while it is incomplete.
std::size_t head_length(std::string_view bytes);

// Whether the value of a Host field names this machine's loopback; also when there is none, as in
// HTTP/1.0. A page of a foreign site that rebinds its name to 127.0.0.1 sends its own name.
bool names_loopback(std::string_view host);

// Why the head that `bytes` begins, still incomplete, can never become a good one.
std::optional<Refusal> check_incomplete_head(std::string_view bytes, const HeadLimits& limits);

// `bytes` is one whole head, head_length() long. Fills `head` unless refused.
std::optional<Refusal> check_head(std::string_view bytes, const HeadLimits& limits, HttpHead& head);

}  // namespace anemon
