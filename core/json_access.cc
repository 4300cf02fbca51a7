#include "core/json_access.h"

#include <nlohmann/json.hpp>

namespace anemon {

const Json& at(const Json& document, const char* pointer) {
  static const Json kNull;
  const Json* value = &document;
  for (std::string_view rest = pointer; !rest.empty();) {
    rest.remove_prefix(1);
    const std::string key(rest.substr(0, rest.find('/')));
    rest.remove_prefix(key.size());
    if (!value->is_object()) return kNull;
    const auto found = value->find(key);
    if (found == value->end()) return kNull;
    value = &*found;
  }
  return *value;
}

std::optional<double> number(const Json& document, const char* pointer) {
  const Json& value = at(document, pointer);
  return value.is_number() ? std::optional(value.get<double>()) : std::nullopt;
}

bool flag(const Json& document, const char* pointer) {
  const Json& value = at(document, pointer);
  return value.is_boolean() && value.get<bool>();
}

std::string text(const Json& document, const char* pointer) {
  const Json& value = at(document, pointer);
  return value.is_string() ? value.get<std::string>() : std::string{};
}

std::string as_text(const Json& value) {
  if (value.is_null()) return {};
  if (value.is_string()) return value.get<std::string>();
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string pairs_text(const Json& object, std::string_view separator) {
  std::string result;
  if (!object.is_object()) return result;
  for (const auto& [key, value] : object.items()) {
    if (!result.empty()) result += separator;
    result += key + '=' + as_text(value);
  }
  return result;
}

bool is_estimated(const Json& value) { return text(value, "/provenance") == "estimated"; }

}  // namespace anemon
