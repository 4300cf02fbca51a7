#include "profiler/measure/several_runs.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/json_access.h"

namespace anemon::profiler {
namespace {

constexpr const char* kCommon[] = {"model", "environment", "configuration"};

Json outcome_of(const std::vector<Json>& runs, size_t needed) {
  const auto failed = [](const Json& run) { return !went_well(run); };
  const auto interrupted = std::find_if(runs.begin(), runs.end(), [](const Json& run) {
    return text(run, "/outcome/state") == "interrupted";
  });
  if (interrupted != runs.end()) return interrupted->at("outcome");
  const auto well =
      runs.size() - static_cast<size_t>(std::count_if(runs.begin(), runs.end(), failed));
  if (well >= needed) return {{"state", "ok"}};
  return std::find_if(runs.begin(), runs.end(), failed)->at("outcome");
}

}  // namespace

bool went_well(const Json& document) { return text(document, "/outcome/state") == "ok"; }

namespace {

// Notes on members that are left out say nothing.
void prune_notes(Json& common) {
  for (const char* note : {"provenance", "basis"}) {
    const auto found = common.find(note);
    if (found == common.end()) continue;
    Json kept = Json::object();
    for (const auto& [key, word] : found->items()) {
      if (common.contains(key)) kept[key] = word;
    }
    if (kept.empty()) {
      common.erase(note);
    } else {
      *found = std::move(kept);
    }
  }
}

}  // namespace

Json common_members(const std::vector<const Json*>& objects) {
  Json common = Json::object();
  for (const auto& entry : objects.front()->items()) {
    const std::string& key = entry.key();
    const Json& value = entry.value();
    std::vector<const Json*> values;
    for (const Json* object : objects) {
      const auto found = object->find(key);
      if (found != object->end()) values.push_back(&*found);
    }
    if (values.size() != objects.size()) continue;
    const bool same = std::all_of(values.begin(), values.end(),
                                  [&](const Json* other) { return *other == value; });
    const bool nested = std::all_of(values.begin(), values.end(),
                                    [](const Json* other) { return other->is_object(); });
    if (same) {
      common[key] = value;
    } else if (nested) {
      Json inner = common_members(values);
      if (!inner.empty()) common[key] = std::move(inner);
    }
  }
  prune_notes(common);
  return common;
}

Json document_of_runs(std::string_view kind, std::vector<Json> runs, size_t needed) {
  if (runs.empty()) throw Error("no runs to make a document of");
  Json document = Json::object();
  for (const char* key : {"schema", "created", "anemon_version"}) {
    if (runs.front().contains(key)) document[key] = runs.front()[key];
  }
  document["kind"] = kind;
  document["outcome"] = outcome_of(runs, needed);
  // What failed early knows little of itself.
  const bool any = std::any_of(runs.begin(), runs.end(), went_well);
  for (const char* key : kCommon) {
    std::vector<const Json*> sections;
    for (const Json& run : runs) {
      if ((went_well(run) || !any) && run.contains(key)) sections.push_back(&run.at(key));
    }
    if (!sections.empty()) document[key] = common_members(sections);
  }
  document["runs"] = std::move(runs);
  return document;
}

}  // namespace anemon::profiler
