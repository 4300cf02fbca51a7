// Numbers that are added to the document of a run, with what they are (docs/result-json.md).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/catalogue.h"
#include "core/json.h"
#include "profiler/measure/run_request.h"

namespace anemon::profiler {

// A section of a document under change, made when there is none. What is set replaces the number or
// the reason for its absence that was there.
class SectionEdit {
 public:
  SectionEdit(Json& document, const char* section) : document_(document), name_(section) {}

  void number(const char* key, Json value, Provenance provenance, std::string_view basis = {});
  void absent(const char* key, std::string_view reason);
  // A number, or the reason why there is none.
  void number_or(const char* key, std::optional<double> value, Provenance provenance,
                 std::string_view reason, std::string_view basis = {});

 private:
  Json& section();
  void forget(const char* key);

  Json& document_;
  const char* name_;  // sections move when another one is added
};

// Why `key` of the section is absent; else `otherwise`.
std::string why_absent(const Json& document, const char* section, const char* key,
                       const std::string& otherwise);

// What a number that rests on this one alone is: derived, or estimated as this is.
Provenance resting_on(const Json& document, const char* section, const char* key);

// Makes numbers of calls those of items, where the shape of a call holds `held` of them: rate,
// energy and score. Nothing to do for 1.
void count_items(Json& document, uint64_t held);

// A request whose document tells of one size or length among others: it leaves out what the first
// tells for all.
RunRequest one_of_several(RunRequest request);

}  // namespace anemon::profiler
