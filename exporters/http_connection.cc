#include "exporters/http_connection.h"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "platform/sockets.h"

namespace anemon {
namespace {

constexpr Duration kNever = Duration::max();
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
constexpr std::string_view kRetry = "Retry-After: 1\r\n";
constexpr Duration kShortestStreamPause = std::chrono::milliseconds(1);

bool would_block() { return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR; }

// A closed connection whose client reads nothing would keep its unsent bytes in the kernel for
// minutes: this drops them.
void reset_on_close(int descriptor) {
  const struct linger now = {1, 0};
  setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

}  // namespace

HttpConnection::HttpConnection(int descriptor, std::uint64_t key, HttpService& service,
                               Duration now)
    : descriptor_(descriptor),
      key_(key),
      service_(service),
      peer_(service.local ? peer_credentials(descriptor) : std::nullopt),
      deadline_(now + service.limits.head_time),
      since_(now) {
  ++service_.connections;
}

HttpConnection::~HttpConnection() {
  end_stream();
  --service_.connections;
  ::close(descriptor_);
}

Interest HttpConnection::interest() const {
  switch (phase_) {
    case Phase::head:
    case Phase::body:
    case Phase::lingering:
      return {true, false};
    case Phase::writing:
      return {false, true};
    case Phase::streaming:
      return {true, chunk_sent_ < chunk_.size()};
    case Phase::pooled:
    case Phase::closed:
      break;
  }
  return {};
}

void HttpConnection::readable(std::span<char> scratch, Duration now) {
  if (phase_ == Phase::closed) return;
  if (phase_ == Phase::pooled || phase_ == Phase::writing) {
    phase_ = Phase::closed;  // not asked for: the client has hung up
    return;
  }
  const ssize_t count = recv(descriptor_, scratch.data(), scratch.size(), 0);
  if (count <= 0) {
    if (count == 0 || !would_block()) phase_ = Phase::closed;
    return;
  }
  std::string_view bytes(scratch.data(), static_cast<std::size_t>(count));
  if (phase_ == Phase::lingering || phase_ == Phase::streaming) {
    discarded_ += bytes.size();
    if (discarded_ > service_.limits.linger_bytes) phase_ = Phase::closed;
    return;
  }
  if (phase_ == Phase::body) take_body(bytes, now);
  consume(bytes, now);
}

// Requests are taken one after the other; the rest waits while an answer is on its way. Bytes are
// read where they arrived and kept only when they are not yet a whole request.
void HttpConnection::consume(std::string_view bytes, Duration now) {
  std::string joined;
  if (!pending_.empty()) {
    joined = std::exchange(pending_, {});
    joined += bytes;
    bytes = joined;
  }
  bool progress = true;
  while (progress && phase_ == Phase::head && !bytes.empty()) {
    progress = repeat(bytes, now) || take_head(bytes, now);
  }
  if (phase_ == Phase::lingering || phase_ == Phase::closed) return;
  // A new connection's first head shares the time since accept.
  if (phase_ == Phase::head && !bytes.empty() && answered_ && !head_begun_) {
    head_begun_ = true;
    since_ = now;
    deadline_ = now + service_.limits.head_time;
  }
  pending_.assign(bytes);
}

bool HttpConnection::repeat(std::string_view& bytes, Duration now) {
  if (memo_route_ == nullptr || !bytes.starts_with(memo_head_)) return false;
  bytes.remove_prefix(memo_head_.size());
  started_ = now;
  HttpAnswer answer = service_.gate->repeat(*memo_route_, memo_variant_, memo_head_only_);
  begin(std::move(answer), now);
  return true;
}

// False when more bytes are needed.
bool HttpConnection::take_head(std::string_view& bytes, Duration now) {
  const std::size_t length = head_length(bytes);
  if (length == 0) {
    const auto refusal = check_incomplete_head(bytes, service_.limits.head);
    if (refusal) refuse(*refusal, HttpRejection::bad_request, now);
    return refusal.has_value();
  }
  const std::string_view raw = bytes.substr(0, length);
  bytes.remove_prefix(length);
  started_ = now;
  HttpHead head;
  if (const auto refusal = check_head(raw, service_.limits.head, head)) {
    refuse(*refusal, HttpRejection::bad_request, now);
    return true;
  }
  if (service_.loopback_hosts_only && !names_loopback(head.header("host"))) {
    refuse(
        {403, "foreign_host", "this address serves the names localhost, 127.0.0.1 and [::1] only"},
        HttpRejection::bad_request, now);
    return true;
  }
  if (head.content_length == 0) {
    dispatch(raw, head, {}, now);
    return true;
  }
  raw_head_ = raw;
  body_length_ = head.content_length;
  body_.clear();
  phase_ = Phase::body;
  since_ = now;
  deadline_ = now + service_.limits.body_time;
  if (head.expect_continue && bytes.size() < body_length_) {
    // A socket that cannot take 25 bytes at the start of an answer belongs to no honest client.
    if (send(descriptor_, kContinue.data(), kContinue.size(), kSendFlags) < 0 && !would_block()) {
      phase_ = Phase::closed;
      return true;
    }
  }
  take_body(bytes, now);
  return true;
}

void HttpConnection::take_body(std::string_view& bytes, Duration now) {
  const std::size_t wanted = static_cast<std::size_t>(body_length_) - body_.size();
  const std::string_view part = bytes.substr(0, wanted);
  body_ += part;
  bytes.remove_prefix(part.size());
  if (body_.size() < body_length_) return;
  const std::string raw = std::exchange(raw_head_, {});
  HttpHead head;
  check_head(raw, service_.limits.head, head);  // once more: the first check's views are gone
  phase_ = Phase::head;
  dispatch(raw, head, std::exchange(body_, {}), now);
}

void HttpConnection::dispatch(std::string_view raw, const HttpHead& head, std::string body,
                              Duration now) {
  GateRequest request;
  request.head = head;
  request.body = std::move(body);
  request.local = service_.local;
  request.peer = peer_;
  last_ |= head.close;
  GateResult result = service_.gate->process(request, last_);
  if (result.needs_pool) return send_to_pool(raw, std::move(request), now);
  if (result.page_route != nullptr && !last_) {
    memo_head_.assign(raw);
    memo_route_ = result.page_route;
    memo_variant_ = result.variant;
    memo_head_only_ = head.method == "HEAD";
  }
  begin(std::move(result.answer), now);
}

void HttpConnection::send_to_pool(std::string_view raw, GateRequest request, Duration now) {
  auto job = [gate = service_.gate, bytes = std::string(raw), limits = service_.limits.head,
              request = std::move(request), close = last_]() mutable {
    check_head(bytes, limits, request.head);
    request.on_pool = true;
    return gate->process(request, close);
  };
  phase_ = Phase::pooled;
  deadline_ = now + service_.limits.pool_time;
  if (service_.pool.submit(key_, std::move(job))) return;
  refuse({503, "busy", "too many slow requests at once; try again"}, HttpRejection::pool_full, now,
         kRetry);
}

void HttpConnection::deliver(GateResult result, Duration now) {
  if (phase_ != Phase::pooled) return;
  begin(std::move(result.answer), now);
  // The next request may have arrived with this one.
  if (phase_ == Phase::head && !pending_.empty()) consume({}, now);
}

void HttpConnection::refuse(const Refusal& refusal, HttpRejection reason, Duration now,
                            std::string_view extra_fields) {
  service_.statistics.rejected(reason);
  begin(refusal_answer(refusal, extra_fields), now);
}

void HttpConnection::begin(HttpAnswer answer, Duration now) {
  if (answer.stream && !answer.head_only) {
    if (service_.streams >= service_.stream_limit) {
      return refuse({503, "too_many_streams", "too many event streams are open"},
                    HttpRejection::stream_limit, now, kRetry);
    }
    ++service_.streams;
    stream_ = std::move(answer.stream);
  }
  const Duration taken = service_.clock.now().awake - started_;
  service_.statistics.answered(answer.route, answer.status, taken);
  answered_ = true;
  last_ |= answer.close;
  answer_ = std::move(answer);
  phase_ = Phase::writing;
  push(now);
  if (phase_ != Phase::writing) return;
  const auto reading = std::chrono::seconds(answer_.size() / service_.limits.slowest_reader);
  deadline_ = now + service_.limits.write_time + reading;
}

void HttpConnection::writable(Duration now) {
  if (phase_ == Phase::streaming) return push_chunk(now);
  if (phase_ != Phase::writing) return;
  push(now);
  if (phase_ == Phase::head && !pending_.empty()) consume({}, now);
}

void HttpConnection::push(Duration now) {
  switch (answer_.send_to(descriptor_)) {
    case SendResult::complete:
      return finish_answer(now);
    case SendResult::blocked:
      return;
    case SendResult::failed:
      phase_ = Phase::closed;
      return;
  }
}

void HttpConnection::finish_answer(Duration now) {
  answer_ = {};
  if (stream_) {
    phase_ = Phase::streaming;
    return stream(now);
  }
  if (last_) return linger(now);
  phase_ = Phase::head;
  head_begun_ = false;
  since_ = now;
  deadline_ = now + service_.limits.idle_time;
}

void HttpConnection::stream(Duration now) {
  chunk_.clear();
  chunk_sent_ = 0;
  try {
    next_chunk_ = stream_->produce(chunk_);
  } catch (const std::exception& error) {
    service_.log.warn("event stream failed", {{"error", error.what()}});
    next_chunk_ = std::nullopt;
  }
  if (next_chunk_) *next_chunk_ = now + std::max(*next_chunk_, kShortestStreamPause);
  push_chunk(now);
  if (phase_ == Phase::streaming && chunk_sent_ < chunk_.size()) {
    deadline_ = now + service_.limits.stall_time;
  }
}

void HttpConnection::push_chunk(Duration now) {
  while (chunk_sent_ < chunk_.size()) {
    const ssize_t sent =
        send(descriptor_, chunk_.data() + chunk_sent_, chunk_.size() - chunk_sent_, kSendFlags);
    if (sent < 0) {
      if (!would_block()) phase_ = Phase::closed;
      return;
    }
    chunk_sent_ += static_cast<std::size_t>(sent);
  }
  if (!next_chunk_) return linger(now);
  deadline_ = std::max(*next_chunk_, now);
}

// The client must be able to read the last answer: closing while its bytes are still arriving
// would reset the connection and destroy the answer on the way.
void HttpConnection::linger(Duration now) {
  shutdown(descriptor_, SHUT_WR);
  phase_ = Phase::lingering;
  end_stream();
  pending_.clear();
  discarded_ = 0;
  since_ = now;
  deadline_ = now + service_.limits.linger_time;
}

void HttpConnection::end_stream() {
  if (!stream_) return;
  --service_.streams;
  stream_.reset();
}

void HttpConnection::cut_off(HttpRejection reason) {
  service_.statistics.rejected(reason);
  reset_on_close(descriptor_);
  phase_ = Phase::closed;
}

void HttpConnection::expire(Duration now) {
  if (now < deadline_) return;
  switch (phase_) {
    case Phase::head:
      if (!idle()) service_.statistics.rejected(HttpRejection::head_timeout);
      if (pending_.empty()) {
        phase_ = Phase::closed;
        return;
      }
      started_ = since_;
      return begin(refusal_answer({408, "timeout", "the request did not arrive in time"}), now);
    case Phase::body:
      return refuse({408, "timeout", "the request did not arrive in time"},
                    HttpRejection::body_timeout, now);
    case Phase::pooled:
      return refuse({504, "timeout", "the request took too long"}, HttpRejection::pool_timeout,
                    now);
    case Phase::writing:
      return cut_off(HttpRejection::slow_reader);
    case Phase::streaming:
      if (chunk_sent_ < chunk_.size()) return cut_off(HttpRejection::stream_stalled);
      return stream(now);
    case Phase::lingering:
      phase_ = Phase::closed;
      return;
    case Phase::closed:
      deadline_ = kNever;
      return;
  }
}

void HttpConnection::turn_away(Duration now) {
  const std::string_view text = overload_response();
  if (send(descriptor_, text.data(), text.size(), kSendFlags) < 0) {
    phase_ = Phase::closed;
    return;
  }
  service_.statistics.answered("none", 503, Duration::zero());
  linger(now);
}

void HttpConnection::finish_soon() {
  last_ = true;
  if (phase_ == Phase::head || phase_ == Phase::streaming) phase_ = Phase::closed;
}

}  // namespace anemon
