#include "exporters/http_statistics.h"

#include <array>

namespace anemon {

std::string_view to_string(HttpRejection reason) {
  static constexpr std::array<std::string_view, kHttpRejections> kNames = {
      "connection_limit", "descriptor_limit", "evicted_idle", "evicted_head",
      "bad_request",      "head_timeout",     "body_timeout", "slow_reader",
      "pool_full",        "pool_timeout",     "stream_limit", "stream_stalled"};
  return kNames[static_cast<std::size_t>(reason)];
}

}  // namespace anemon
