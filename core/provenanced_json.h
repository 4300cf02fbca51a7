// A JSON object whose numbers say how they came about.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/catalogue.h"
#include "core/json.h"

namespace anemon {

// Members keep the order in which they are set; "provenance" comes after them when there are
// numbers, then "basis" and "absent" when there is something to tell. What is absent, NaN or
// infinite is left out, never written as zero.
class ProvenancedJson {
 public:
  ProvenancedJson();
  ~ProvenancedJson();

  void set(const char* key, Json value);               // holds no number of its own
  void text(const char* key, std::string_view value);  // left out when empty; clean_json_text

  // `value`: a number, or an array or map of numbers that came about in the same way.
  void number(const char* key, Json value, Provenance provenance);
  void number(const char* key, std::optional<double> value, Provenance provenance);

  // What a number was made of, and why there is none, in words; no word for no words.
  void basis(const char* key, std::string_view words);
  void absent(const char* key, std::string_view reason);

  // A number, or the reason why there is none.
  void number_or(const char* key, std::optional<double> value, Provenance provenance,
                 std::string_view reason);

  Json take();

 private:
  std::unique_ptr<Json> object_, provenance_, basis_, absent_;
};

// Valid UTF-8 without control characters but line feeds and tabs, which JSON escapes.
std::string clean_json_text(std::string_view text);

}  // namespace anemon
