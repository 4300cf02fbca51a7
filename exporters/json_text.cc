#include "exporters/json_text.h"

#include <nlohmann/json.hpp>

namespace anemon {

std::string json_text(const nlohmann::ordered_json& document) {
  return document.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

HttpResponse json_response(int status, const nlohmann::ordered_json& document) {
  return text_response(status, "application/json", json_text(document) + "\n");
}

nlohmann::ordered_json labels_json(const MetricInfo& row,
                                   const std::vector<std::string>& label_values) {
  auto labels = nlohmann::ordered_json::object();
  const auto names = row.labels();
  for (size_t i = 0; i < names.size(); ++i) {
    if (!label_values[i].empty()) labels[std::string(names[i])] = label_values[i];
  }
  return labels;
}

}  // namespace anemon
