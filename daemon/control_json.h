// The bodies of control requests, read strictly: unknown and repeated members, wrong types, deep
// nesting and values that cannot be are refused with a message that names the place.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/inference.h"
#include "sessions/session_options.h"

namespace anemon {

// All throw ApiError (exporters/api_request.h) with status 400. An empty body is an empty object.

// {"name"?,"labels"?:{k:v},"pids"?:[..],"max_duration_seconds"?}
SessionRequest parse_session_request(std::string_view body);

struct Annotation {
  std::string text;
  std::optional<Duration> wall;
};
// {"text","time"?}
Annotation parse_annotation(std::string_view body, Duration now_wall);

// {"events":[{"model","compute_unit","begin","duration_seconds","ok"?,"items"?:{kind:n}}]}
std::vector<InferenceEvent> parse_inferences(std::string_view body, Duration now_wall);

// Nothing but an empty object.
void parse_nothing(std::string_view body);

constexpr size_t kMaxControlBody = size_t{64} << 10;

}  // namespace anemon
