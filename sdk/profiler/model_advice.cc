#include "sdk/profiler/model_advice.h"

#include <fmt/format.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>

#include "core/error.h"
#include "core/json_access.h"
#include "profiler/measure/result.h"
#include "profiler/measure/studied_model.h"
#include "sdk/profiler/document_view.h"

namespace anemon::sdk {
namespace {

std::string place_of(const models::Finding& finding) {
  std::string place = finding.member;
  if (!place.empty() && !finding.function.empty()) place += '/';
  place += finding.function;
  return place.empty() ? place : place + ": ";
}

std::string line_of(const Json& each) {
  const std::string change = text(each, "/change");
  std::string line =
      fmt::format("{}: {}", text(each, "/id"), change.empty() ? text(each, "/title") : change);
  const std::string saving = text(each, "/saving");
  if (!saving.empty()) line += fmt::format(" (estimated saving: {})", saving);
  return line;
}

// The recommendation of which `key` is largest.
const Json* most(const Json& recommendations, const char* key) {
  const Json* found = nullptr;
  for (const Json& each : recommendations) {
    const auto value = number(each, key);
    if (value && (found == nullptr || *value > *number(*found, key))) found = &each;
  }
  return found;
}

}  // namespace

std::unique_ptr<ModelStudy> study_of(const Config& config, const std::string& path) {
  profiler::StudiedModel model =
      profiler::study_model(run_request(config, path, {}), asking(config));
  if (model.study == nullptr) throw Error(model.why_not);
  return std::move(model.study);
}

void list_findings(const ModelStudy& study, std::vector<std::string>& warnings,
                   std::vector<std::string>& errors) {
  for (const models::Finding& finding : study.report().findings) {
    if (finding.severity == models::Severity::info) continue;
    auto& list = finding.severity == models::Severity::error ? errors : warnings;
    list.push_back(fmt::format("{}: {}{}", finding.rule, place_of(finding), finding.what));
  }
}

Json recommendations_for(const Config& config, const std::string& path,
                         const ANEPerformanceMetrics& metrics) {
  const std::unique_ptr<ModelStudy> study = study_of(config, path);
  const Json document = parsed(metrics.document);
  // Documents name models by absolute paths.
  const bool of_this = text(document, "/model/path") == std::filesystem::absolute(path).string();
  if (of_this && at(document, "/recommendations").is_array()) {
    return document["recommendations"];
  }
  return profiler::recommendations_section({{}, {}, study.get(), {}});
}

void fill(OptimizationRecommendations& advice, const Json& recommendations) {
  advice = {};
  for (const Json& each : recommendations) {
    advice.recommendations.push_back(line_of(each));
    advice.details.push_back({text(each, "/title"), text(each, "/change"), text(each, "/basis"),
                              number(each, "/seconds_saved").value_or(kNoNumber),
                              number(each, "/bytes_saved").value_or(kNoNumber)});
  }
  // The largest one alone: several recommendations often save the same twice.
  const auto set = [&](const char* member, double& value, const char* key, double factor) {
    const Json* best = most(recommendations, key);
    if (best == nullptr) {
      advice.origins.Set(member,
                         {ValueOrigin::absent, "no recommendation has a gain that is known"});
      return;
    }
    value = *number(*best, key) * factor;
    advice.origins.Set(member, {ValueOrigin::estimated,
                                fmt::format("{}: {}", text(*best, "/id"), text(*best, "/basis"))});
  };
  set("potential_speedup", advice.potential_speedup, "/predicted_speedup", 1);
  set("potential_memory_saving_mb", advice.potential_memory_saving_mb, "/bytes_saved", 1e-6);
}

}  // namespace anemon::sdk
