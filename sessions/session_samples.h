// The samples of a session as anemon.series/1.
#pragma once

#include <string>
#include <vector>

#include "sessions/session_pieces.h"

namespace anemon {

// `matches`: selectors, none means all; `step`: least distance of points, zero as fine as kept.
// Throws SessionError: bad_request for a selector that is none, too_large beyond `max_bytes`.
std::string session_samples(const SessionPieces& session, const std::vector<std::string>& matches,
                            Duration step, size_t max_bytes);

// {"metric","labels","provenance","points":[[time,last,min,max,mean,count],...]}, appended.
void append_series_json(const SessionPieces& session, const SessionSeries& series,
                        const SamplePoints& points, std::string& out);

// Throws SessionError (too_large) when `out` is larger than `max_bytes`.
void check_size(const std::string& out, size_t max_bytes);

}  // namespace anemon
