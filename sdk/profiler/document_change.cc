// From the structs back to a document: what a program changed or made itself is shown as it is.
#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>

#include "core/provenanced_json.h"
#include "core/time_expression.h"
#include "core/version.h"
#include "profiler/measure/result.h"
#include "sdk/profiler/document_view.h"
#include "sdk/profiler/member_table.h"

namespace anemon::sdk {
namespace {

constexpr const char* kLayers = "latency_breakdown.layer_timings_ms";
constexpr const char* kByProgram = "set by the program";

Json new_document() {
  Json document;
  document["schema"] = "anemon.result/1";
  document["created"] = format_time(SystemClock().now().wall);
  document["anemon_version"] = version();
  document["kind"] = "model";
  document["outcome"] = {{"state", "ok"}};
  return document;
}

// What the program says of a member that it changed; its note from before no longer counts.
MemberOrigin told(const MemberOrigins& now, const MemberOrigins& before, const char* member,
                  bool present) {
  const MemberOrigin& said = now.Of(member);
  const MemberOrigin& was = before.Of(member);
  const bool changed = said.origin != was.origin || said.note != was.note;
  if (changed && (said.origin != ValueOrigin::absent) == present) return said;
  return {present ? ValueOrigin::estimated : ValueOrigin::absent, kByProgram};
}

void set_word(Json& section, const char* kind, const char* key, const std::string& word) {
  if (!word.empty()) {
    section[kind][key] = clean_json_text(word);
  } else if (const auto words = section.find(kind); words != section.end()) {
    words->erase(key);
    if (words->empty()) section.erase(kind);
  }
}

// `value` null: it is absent.
void put(Json& document, const char* section_name, const char* key, Json value,
         const MemberOrigin& origin) {
  Json& section = document[section_name];
  if (!section.is_object()) section = Json::object();
  const bool present = !value.is_null();
  if (present) {
    section[key] = std::move(value);
  } else {
    section.erase(key);
  }
  set_word(section, "provenance", key, present ? ToString(origin.origin) : "");
  set_word(section, "basis", key, present ? origin.note : "");
  set_word(section, "absent", key, present ? "" : origin.note);
}

bool same(double a, double b) { return a == b || (!std::isfinite(a) && !std::isfinite(b)); }

// The rows whose numbers differ between `before` and `now`; whether there were any.
template <class Struct>
bool put_changed(Json& document, const Struct& before, const Struct& now,
                 std::span<const MemberRow<Struct>> rows) {
  bool any = false;
  for (const MemberRow<Struct>& row : rows) {
    const double number = row.in(now);
    if (same(number, row.in(before))) continue;
    any = true;
    const bool present = std::isfinite(number);
    put(document, row.section, key_of(row.member), present ? Json(number) : Json(nullptr),
        told(now.origins, before.origins, row.member, present));
  }
  return any;
}

template <class Map>
Json as_object(const Map& map) {
  Json object = Json::object();
  for (const auto& [name, number] : map) {
    if (std::isfinite(number)) object[clean_json_text(name)] = number;
  }
  return object;
}

Json as_pairs(const std::vector<PowerPoint>& points) {
  Json list = Json::array();
  for (const PowerPoint& point : points) {
    if (std::isfinite(point.seconds) && std::isfinite(point.watts)) {
      list.push_back({point.seconds, point.watts});
    }
  }
  return list;
}

bool same_points(const std::vector<PowerPoint>& a, const std::vector<PowerPoint>& b) {
  return std::ranges::equal(a, b, [](const PowerPoint& one, const PowerPoint& other) {
    return one.seconds == other.seconds && one.watts == other.watts;
  });
}

Json or_null(Json collection) { return collection.empty() ? Json(nullptr) : collection; }

bool holds_something(const PowerProfile& profile) {
  if (!profile.timeline.empty() || !profile.components_watts.empty()) return true;
  return std::ranges::any_of(power_rows(), [&](const MemberRow<PowerProfile>& row) {
    return std::isfinite(row.in(profile));
  });
}

}  // namespace

Json document_of(const ANEPerformanceMetrics& metrics) {
  Json document = parsed(metrics.document);
  if (document.is_null()) document = new_document();
  ANEPerformanceMetrics before;
  fill(before, document);
  bool changed = put_changed(document, before, metrics, metrics_rows());
  const auto& layers = metrics.latency_breakdown.layer_timings_ms;
  if (layers != before.latency_breakdown.layer_timings_ms) {
    changed = true;
    const std::map<std::string, double> sorted(layers.begin(), layers.end());
    put(document, "latency_breakdown", key_of(kLayers), or_null(as_object(sorted)),
        told(metrics.origins, before.origins, kLayers, !layers.empty()));
    document.erase("layers");  // which hold the times of before
  }
  if (changed) document["score"] = profiler::score_section(document);
  return document;
}

void put_power(Json& document, const PowerProfile& profile) {
  if (!holds_something(profile)) return;
  const Json source = parsed(profile.document);
  PowerProfile before;
  fill(before, source);
  document["power"] = source.is_object() ? source.value("power", Json::object()) : Json::object();
  put_changed(document, before, profile, power_rows());
  if (!same_points(profile.timeline, before.timeline)) {
    put(document, "power", "timeline", or_null(as_pairs(profile.timeline)),
        told(profile.origins, before.origins, "timeline", !profile.timeline.empty()));
  }
  if (profile.components_watts != before.components_watts) {
    put(document, "power", "components", or_null(as_object(profile.components_watts)),
        told(profile.origins, before.origins, "components_watts",
             !profile.components_watts.empty()));
  }
  document["score"] = profiler::score_section(document);
}

}  // namespace anemon::sdk
