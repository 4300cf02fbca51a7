// The type of every document that crosses the control API. Members keep the order in which the
// daemon wrote them, so that printing a document again changes nothing a reader would notice.
#pragma once

#include <nlohmann/json_fwd.hpp>

namespace anemon {

using Json = nlohmann::ordered_json;

}  // namespace anemon
