#include "sdk/profiler/document_view.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "core/json_access.h"
#include "sdk/profiler/member_table.h"

namespace anemon::sdk {
namespace {

constexpr const char* kLayers = "latency_breakdown.layer_timings_ms";

// A number, or the value of an estimate with its interval.
double number_in(const Json& section, const char* key) {
  const auto found = section.find(key);
  if (found == section.end()) return kNoNumber;
  const Json& value = found->is_object() ? at(*found, "/value") : *found;
  return value.is_number() ? value.get<double>() : kNoNumber;
}

std::string word_in(const Json& section, const char* kind, const char* key) {
  const auto words = section.find(kind);
  if (words == section.end() || !words->is_object()) return {};
  const auto word = words->find(key);
  return word == words->end() || !word->is_string() ? std::string() : word->get<std::string>();
}

ValueOrigin origin_named(std::string_view word) {
  if (word == "measured") return ValueOrigin::measured;
  if (word == "derived") return ValueOrigin::derived;
  return ValueOrigin::estimated;
}

const Json& section_of(const Json& document, const char* name) {
  static const Json kNone = Json::object();
  const auto found = document.find(name);
  return found == document.end() || !found->is_object() ? kNone : *found;
}

// `key` may stand for a map or a list.
MemberOrigin origin_in(const Json& document, const char* name, const char* key, bool present) {
  const Json& section = section_of(document, name);
  if (present) {
    return {origin_named(word_in(section, "provenance", key)), word_in(section, "basis", key)};
  }
  std::string reason = word_in(section, "absent", key);
  if (reason.empty()) reason = word_in(document, "absent", name);
  if (reason.empty()) reason = failure_of(document);
  return {ValueOrigin::absent, reason.empty() ? "not measured" : reason};
}

template <class Struct>
void fill_numbers(Struct& values, const Json& document, std::span<const MemberRow<Struct>> rows) {
  values = {};
  for (const MemberRow<Struct>& row : rows) {
    const char* key = key_of(row.member);
    double& number = row.number(values);
    number = number_in(section_of(document, row.section), key);
    values.origins.Set(row.member, origin_in(document, row.section, key, !std::isnan(number)));
  }
  values.document = kept_text(document);
}

// {"name": number}
template <class Map>
void fill_map(Map& map, const Json& object) {
  if (!object.is_object()) return;
  for (const auto& [name, value] : object.items()) {
    if (value.is_number()) map[name] = value.template get<double>();
  }
}

// [[seconds, number]]
template <class Points>
void fill_points(Points& points, const Json& list) {
  if (!list.is_array()) return;
  for (const Json& pair : list) {
    if (!pair.is_array() || pair.size() != 2 || !pair[0].is_number() || !pair[1].is_number()) {
      continue;
    }
    points.push_back({pair[0].get<double>(), pair[1].get<double>()});
  }
}

}  // namespace

std::string failure_of(const Json& document) {
  const std::string state = text(document, "/outcome/state");
  if (state.empty() || state == "ok") return {};
  std::string line = state;
  const auto add = [&](const char* pointer, const char* before, const char* after) {
    const std::string part = text(document, pointer);
    if (!part.empty()) line += before + part + after;
  };
  add("/outcome/phase", " (", ")");
  add("/outcome/message", ": ", "");
  add("/outcome/hint", "; ", "");
  return line;
}

ResultDocument kept_text(const Json& document) {
  return std::make_shared<const std::string>(
      document.dump(-1, ' ', false, Json::error_handler_t::replace));
}

Json parsed(const ResultDocument& document) {
  if (document == nullptr) return nullptr;
  Json result = Json::parse(*document, nullptr, false);
  return result.is_object() ? result : Json(nullptr);
}

void fill(ANEPerformanceMetrics& metrics, const Json& document) {
  fill_numbers(metrics, document, metrics_rows());
  auto& layers = metrics.latency_breakdown.layer_timings_ms;
  fill_map(layers, at(document, "/latency_breakdown/layer_timings_ms"));
  metrics.origins.Set(kLayers,
                      origin_in(document, "latency_breakdown", key_of(kLayers), !layers.empty()));
}

void fill(PowerProfile& profile, const Json& document) {
  fill_numbers(profile, document, power_rows());
  fill_points(profile.timeline, at(document, "/power/timeline"));
  fill_map(profile.components_watts, at(document, "/power/components"));
  profile.origins.Set("timeline",
                      origin_in(document, "power", "timeline", !profile.timeline.empty()));
  profile.origins.Set("components_watts", origin_in(document, "power", "components",
                                                    !profile.components_watts.empty()));
}

void fill(MemoryProfile& profile, const Json& document) {
  fill_numbers(profile, document, memory_rows());
  fill_points(profile.timeline, at(document, "/memory/timeline"));
  profile.origins.Set("timeline",
                      origin_in(document, "memory", "timeline", !profile.timeline.empty()));
  const Json& layers = at(document, "/layers");
  for (const Json& layer : layers.is_array() ? layers : Json::array()) {
    double bytes = 0;
    bool known = false;
    for (const char* part : {"/weight_bytes", "/input_bytes", "/output_bytes"}) {
      const auto size = number(layer, part);
      known = known || size;
      bytes += size.value_or(0);
    }
    if (known) profile.layer_memory_mb[text(layer, "/name")] += bytes / 1e6;
  }
  profile.origins.Set("layer_memory_mb",
                      profile.layer_memory_mb.empty()
                          ? MemberOrigin{ValueOrigin::absent, "no layer's sizes are known"}
                          : MemberOrigin{ValueOrigin::derived, "from the model's file"});
}

template <class Struct>
void fill_absent(Struct& values, const std::string& reason) {
  fill(values, Json{{"outcome", {{"state", reason}}}});
  values.document = nullptr;
}
template void fill_absent(ANEPerformanceMetrics&, const std::string&);
template void fill_absent(PowerProfile&, const std::string&);
template void fill_absent(MemoryProfile&, const std::string&);

}  // namespace anemon::sdk
