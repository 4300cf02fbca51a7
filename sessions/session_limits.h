// What a client may ask of a session. Each check throws SessionError (bad_request).
#pragma once

#include <string>

#include "sessions/session_options.h"

namespace anemon {

void check_request(const SessionRequest& request, const SessionOptions& options);
void check_annotation(const std::string& text);

inline constexpr size_t kMaxNameBytes = 64;  // one segment of a path has to hold it
inline constexpr size_t kMaxLabels = 32;
inline constexpr size_t kMaxLabelNameBytes = 64;
inline constexpr size_t kMaxLabelValueBytes = 256;
inline constexpr size_t kMaxPids = 64;
inline constexpr size_t kMaxAnnotationBytes = 4096;

}  // namespace anemon
