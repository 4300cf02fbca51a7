#include "profiler/measure/document_edit.h"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "core/json_access.h"
#include "core/provenanced_json.h"
#include "profiler/measure/result.h"

namespace anemon::profiler {
namespace {

constexpr const char* kNotes[] = {"provenance", "basis", "absent"};

}  // namespace

Json& SectionEdit::section() {
  Json& section = document_[name_];
  if (!section.is_object()) section = Json::object();
  return section;
}

void SectionEdit::forget(const char* key) {
  Json& section = this->section();
  section.erase(key);
  for (const char* note : kNotes) {
    const auto found = section.find(note);
    if (found == section.end()) continue;
    found->erase(key);
    if (found->empty()) section.erase(note);
  }
}

void SectionEdit::number(const char* key, Json value, Provenance provenance,
                         std::string_view basis) {
  forget(key);
  Json& section = this->section();
  // Before the notes, as in every section.
  Json notes = Json::object();
  for (const char* note : kNotes) {
    const auto found = section.find(note);
    if (found == section.end()) continue;
    notes[note] = std::move(*found);
    section.erase(note);
  }
  section[key] = std::move(value);
  notes["provenance"][key] = to_string(provenance);
  if (!basis.empty()) notes["basis"][key] = clean_json_text(basis);
  for (const char* note : kNotes) {
    if (notes.contains(note)) section[note] = std::move(notes[note]);
  }
}

void SectionEdit::absent(const char* key, std::string_view reason) {
  forget(key);
  section()["absent"][key] = clean_json_text(reason);
}

void SectionEdit::number_or(const char* key, std::optional<double> value, Provenance provenance,
                            std::string_view reason, std::string_view basis) {
  if (value && std::isfinite(*value)) {
    number(key, *value, provenance, basis);
  } else {
    absent(key, reason);
  }
}

std::string why_absent(const Json& document, const char* section, const char* key,
                       const std::string& otherwise) {
  const std::string pointer = std::string("/") + section + "/absent/" + key;
  const std::string reason = text(document, pointer.c_str());
  return reason.empty() ? otherwise : reason;
}

Provenance resting_on(const Json& document, const char* section, const char* key) {
  const std::string pointer = fmt::format("/{}/provenance/{}", section, key);
  return text(document, pointer.c_str()) == to_string(Provenance::estimated) ? Provenance::estimated
                                                                             : Provenance::derived;
}

void count_items(Json& document, uint64_t held) {
  if (held <= 1) return;
  const auto items = static_cast<double>(held);
  if (const auto calls = number(document, "/throughput/inferences_per_second")) {
    SectionEdit(document, "throughput")
        .number("inferences_per_second", *calls * items, Provenance::derived,
                fmt::format("{} items in the shape of each call", held));
  }
  const double fed = number(document, "/throughput/batch").value_or(1);
  SectionEdit(document, "throughput")
      .number("batch", static_cast<uint64_t>(fed) * held, Provenance::measured);
  for (const char* key : {"energy_per_inference_joules", "net_energy_per_inference_joules"}) {
    const auto joules = number(document, fmt::format("/power/{}", key).c_str());
    if (!joules) continue;
    const Provenance provenance = resting_on(document, "power", key);
    SectionEdit(document, "power").number(key, *joules / items, provenance);
  }
  if (document.contains("score")) document["score"] = score_section(document);
}

RunRequest one_of_several(RunRequest request) {
  request.reload = request.plan = request.operations = false;
  request.after_idle.clear();
  return request;
}

}  // namespace anemon::profiler
