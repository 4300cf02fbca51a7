// Sessions as files for other programs. Times are the session's own: the Unix time of its begin,
// plus the time that passed, so that they always ascend. Counters count from its begin.
#pragma once

#include <string>

#include "sessions/session_options.h"
#include "sessions/session_pieces.h"

namespace anemon {

// Throws SessionError (too_large) beyond `max_bytes`.
std::string export_session(const SessionPieces& session, SessionFormat format, size_t max_bytes);

// One function per format, each appending to `out` piece by piece.
void export_json(const SessionPieces& session, size_t max_bytes, std::string& out);
void export_ndjson(const SessionPieces& session, size_t max_bytes, std::string& out);
void export_csv(const SessionPieces& session, size_t max_bytes, std::string& out);
void export_openmetrics(const SessionPieces& session, size_t max_bytes, std::string& out);
void export_trace(const SessionPieces& session, size_t max_bytes, std::string& out);

}  // namespace anemon
