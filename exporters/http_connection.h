// One client of the HTTP server, from accept to close, as a state machine on the event thread.
// It never blocks; the server calls it when the socket is ready or its deadline has passed.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/clock.h"
#include "exporters/http_gate.h"
#include "exporters/http_limits.h"
#include "exporters/http_pool.h"
#include "exporters/http_statistics.h"
#include "platform/event_poller.h"

namespace anemon {

// What the connections of one listener share. Everything outlives the connections.
struct HttpService {
  std::shared_ptr<HttpGate> gate;  // shared with jobs on the pool
  HttpLimits limits;
  bool local = false;
  HttpPool& pool;
  HttpStatistics& statistics;
  Log& log;
  const Clock& clock;
  std::size_t stream_limit = 0;
  bool loopback_hosts_only = false;
  std::size_t streams = 0;  // open event streams
  std::size_t connections = 0;
};

class HttpConnection {
 public:
  // Owns the descriptor. `key` names the connection in pool results. Times are awake times.
  HttpConnection(int descriptor, std::uint64_t key, HttpService& service, Duration now);
  ~HttpConnection();
  HttpConnection(const HttpConnection&) = delete;
  HttpConnection& operator=(const HttpConnection&) = delete;

  // `scratch` is the server's; its content does not outlive the call.
  void readable(std::span<char> scratch, Duration now);
  void writable(Duration now);
  void expire(Duration now);                      // when deadline() has passed
  void deliver(GateResult result, Duration now);  // from the pool
  void turn_away(Duration now);                   // answers 503 unread
  void finish_soon();                             // the server stops: no further request

  int descriptor() const { return descriptor_; }
  std::uint64_t key() const { return key_; }
  HttpService& service() const { return service_; }
  bool closed() const { return phase_ == Phase::closed; }
  Interest interest() const;
  Duration deadline() const { return deadline_; }

  // For making room: kept without a request, with one that is not yet complete, or answered for the
  // last time and waiting for the client to leave; and since when.
  bool idle() const { return phase_ == Phase::head && answered_ && pending_.empty(); }
  bool incomplete() const { return phase_ == Phase::body || (phase_ == Phase::head && !idle()); }
  bool leaving() const { return phase_ == Phase::lingering; }
  Duration since() const { return since_; }

 private:
  enum class Phase { head, body, pooled, writing, streaming, lingering, closed };

  void consume(std::string_view bytes, Duration now);
  bool repeat(std::string_view& bytes, Duration now);
  bool take_head(std::string_view& bytes, Duration now);
  void take_body(std::string_view& bytes, Duration now);
  void dispatch(std::string_view raw, const HttpHead& head, std::string body, Duration now);
  void send_to_pool(std::string_view raw, GateRequest request, Duration now);
  void refuse(const Refusal& refusal, HttpRejection reason, Duration now,
              std::string_view extra_fields = {});
  void begin(HttpAnswer answer, Duration now);
  void push(Duration now);
  void finish_answer(Duration now);
  void stream(Duration now);
  void push_chunk(Duration now);
  void linger(Duration now);
  void end_stream();
  void cut_off(HttpRejection reason);

  const int descriptor_;
  const std::uint64_t key_;
  HttpService& service_;
  std::optional<PeerCredentials> peer_;

  Phase phase_ = Phase::head;
  Duration deadline_{};
  Duration since_{};
  Duration started_{};       // of the request being answered
  bool answered_ = false;    // at least once
  bool last_ = false;        // the next answer is the last
  bool head_begun_ = false;  // a kept connection has received part of its next head
  std::string pending_;      // received, not yet understood

  std::string raw_head_;  // while its body arrives
  std::string body_;
  std::uint64_t body_length_ = 0;

  HttpAnswer answer_;
  std::shared_ptr<EventSource> stream_;
  std::string chunk_;
  std::size_t chunk_sent_ = 0;
  std::optional<Duration> next_chunk_;  // when to ask the stream again
  std::size_t discarded_ = 0;

  // The decision for the last page: what a byte-identical head is answered from.
  std::string memo_head_;
  const Route* memo_route_ = nullptr;
  PageVariant memo_variant_ = 0;
  bool memo_head_only_ = false;
};

}  // namespace anemon
