// The JSON documents of sessions (docs/openapi.yaml).
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <vector>

#include "sessions/session_row.h"

namespace anemon {

// anemon.session/1. `summary` is its `summary` member.
nlohmann::ordered_json session_document(const SessionRow& row,
                                        const std::vector<SessionAnnotation>& annotations,
                                        nlohmann::ordered_json summary);

// One row of anemon.sessions/1; `brief` as of session_summary.h.
nlohmann::ordered_json session_list_row(const SessionRow& row, const nlohmann::ordered_json& brief);

nlohmann::ordered_json annotation_document(const SessionRow& row,
                                           const SessionAnnotation& annotation);

// With what is no UTF-8 replaced, so that it never fails.
std::string text_of(const nlohmann::ordered_json& document);

}  // namespace anemon
