// What a client may ask of a session. Each check throws SessionError (bad_request).
#pragma once

#include <string>

#include "core/inference.h"
#include "sessions/session_options.h"

namespace anemon {

void check_request(const SessionRequest& request, const SessionOptions& options);
void check_annotation(const std::string& text);

// Can an event be true? `now_wall` bounds the future it may lie in.
bool plausible(const InferenceEvent& event, Duration now_wall);

inline constexpr size_t kMaxNameBytes = 64;  // one segment of a path has to hold it
inline constexpr size_t kMaxLabels = 32;
inline constexpr size_t kMaxLabelNameBytes = 64;
inline constexpr size_t kMaxLabelValueBytes = 256;
inline constexpr size_t kMaxPids = 64;
inline constexpr size_t kMaxAnnotationBytes = 4096;
inline constexpr size_t kMaxModelBytes = 128;
inline constexpr size_t kMaxItemKinds = 16;

}  // namespace anemon
