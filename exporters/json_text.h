// JSON answers. For .cc files that include <nlohmann/json.hpp> themselves.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "core/catalogue.h"
#include "exporters/http_message.h"

namespace anemon {

// Bytes that are not UTF-8 become U+FFFD: names of processes may hold any.
std::string json_text(const nlohmann::ordered_json& document);
HttpResponse json_response(int status, const nlohmann::ordered_json& document);

// {"label":"value",...} of a series, without empty values.
nlohmann::ordered_json labels_json(const MetricInfo& row,
                                   const std::vector<std::string>& label_values);

}  // namespace anemon
