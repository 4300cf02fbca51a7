#include "core/provenanced_json.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "core/utf8.h"

namespace anemon {

ProvenancedJson::ProvenancedJson()
    : object_(std::make_unique<Json>(Json::object())),
      provenance_(std::make_unique<Json>(Json::object())),
      basis_(std::make_unique<Json>(Json::object())),
      absent_(std::make_unique<Json>(Json::object())) {}

ProvenancedJson::~ProvenancedJson() = default;

void ProvenancedJson::set(const char* key, Json value) { (*object_)[key] = std::move(value); }

void ProvenancedJson::text(const char* key, std::string_view value) {
  if (!value.empty()) (*object_)[key] = clean_json_text(value);
}

void ProvenancedJson::number(const char* key, Json value, Provenance provenance) {
  if (value.is_number_float() && !std::isfinite(value.get<double>())) return;
  (*object_)[key] = std::move(value);
  (*provenance_)[key] = to_string(provenance);
}

void ProvenancedJson::number(const char* key, std::optional<double> value, Provenance provenance) {
  if (value) number(key, Json(*value), provenance);
}

void ProvenancedJson::basis(const char* key, std::string_view words) {
  if (!words.empty()) (*basis_)[key] = clean_json_text(words);
}

void ProvenancedJson::absent(const char* key, std::string_view reason) {
  if (!reason.empty()) (*absent_)[key] = clean_json_text(reason);
}

void ProvenancedJson::number_or(const char* key, std::optional<double> value, Provenance provenance,
                                std::string_view reason) {
  if (value && std::isfinite(*value))
    number(key, Json(*value), provenance);
  else
    absent(key, reason);
}

Json ProvenancedJson::take() {
  if (!provenance_->empty()) (*object_)["provenance"] = std::move(*provenance_);
  if (!basis_->empty()) (*object_)["basis"] = std::move(*basis_);
  if (!absent_->empty()) (*object_)["absent"] = std::move(*absent_);
  return std::move(*object_);
}

std::string clean_json_text(std::string_view text) {
  std::string result;
  for (size_t begin = 0; begin <= text.size();) {
    const size_t end = std::min(text.find_first_of("\n\t", begin), text.size());
    result += to_clean_utf8(text.substr(begin, end - begin), text.npos);
    if (end < text.size()) result += text[end];
    begin = end + 1;
  }
  return result;
}

}  // namespace anemon
