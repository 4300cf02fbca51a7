// The part of a session's summary that speaks of inferences.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "sessions/session_data.h"

namespace anemon {

// One row per model and compute unit; empty without events. Energy per inference is estimated: the
// energy of the time the model ran, over the number of its inferences. It is left out, with a
// reason, when other models ran at the same time or the energy readings are too far apart.
nlohmann::ordered_json summarize_inferences(const SessionData& session);

}  // namespace anemon
