// What the HTTP server tells about itself.
#pragma once

#include <cstddef>
#include <string_view>

#include "core/clock.h"

namespace anemon {

// Why a connection or a request was turned away or cut off.
enum class HttpRejection {
  connection_limit,  // 503 on accept, nothing could be evicted
  descriptor_limit,  // 503 on accept, the process has no descriptor left
  evicted_idle,      // a kept connection made room for a new one
  evicted_head,      // an incomplete request made room for a new one
  bad_request,       // the head was refused
  head_timeout,      // the head did not arrive in time
  body_timeout,      // the body did not arrive in time
  slow_reader,       // the answer was not read in time
  pool_full,         // 503, too many slow requests at once
  pool_timeout,      // 504, a slow request took too long
  stream_limit,      // 503, too many event streams
  stream_stalled,    // a consumer of events was dropped
};
inline constexpr std::size_t kHttpRejections = 12;

std::string_view to_string(HttpRejection reason);  // the enumerator's name, for a label

// Called on the event thread of the server only; must neither block nor, in the steady state,
// allocate. One object may serve several servers if it is thread-safe.
class HttpStatistics {
 public:
  virtual ~HttpStatistics() = default;
  // An answer was queued. `route` is the route's label, "none" when no route was reached; it lives
  // as long as the server.
  virtual void answered(std::string_view route, int status, Duration taken) noexcept = 0;
  virtual void rejected(HttpRejection reason) noexcept = 0;
  virtual void connections(std::size_t open, std::size_t streams) noexcept = 0;
};

}  // namespace anemon
