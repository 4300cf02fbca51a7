#include "sdk/profiler/model_advice.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>

#include "core/json_access.h"
#include "models/read/read_model.h"
#include "sdk/profiler/document_view.h"

namespace anemon::sdk {
namespace {

std::string place_of(const models::Finding& finding) {
  std::string place = finding.member;
  if (!place.empty() && !finding.function.empty()) place += '/';
  place += finding.function;
  return place.empty() ? place : place + ": ";
}

std::string gain_of(const models::Recommendation& each) {
  std::string gain;
  if (each.seconds_saved) gain += fmt::format(", {:.3g} ms less", 1e3 * *each.seconds_saved);
  if (each.bytes_saved) gain += fmt::format(", {:.3g} MB less", *each.bytes_saved / 1e6);
  return gain.empty() ? gain : " (estimated:" + gain.substr(1) + ")";
}

// What a gain in seconds is set against.
struct Base {
  std::optional<double> seconds;
  std::string words;
};

// Seconds saved are those of the chip's Neural Engine: a time measured on another engine is none
// that they could be taken from.
Base base_of(const ModelStudy& study, const ANEPerformanceMetrics& metrics) {
  const Json document = parsed(metrics.document);
  if (text(document, "/environment/engine") == "coreml" && metrics.inference_time_ms > 0) {
    return {metrics.inference_time_ms / 1e3,
            fmt::format("{:.3g} ms measured", metrics.inference_time_ms)};
  }
  const auto functions = study.functions(true);
  if (functions.size() != 1 || functions.front().placement == nullptr) return {};
  const auto seconds = latency_of(*functions.front().analysis, *functions.front().placement).high;
  if (!seconds) return {};
  return {seconds, fmt::format("{:.3g} ms predicted for {}", 1e3 * *seconds, study.chip().name)};
}

template <class Member>
std::optional<double> largest(const std::vector<models::Recommendation>& list, Member member) {
  std::optional<double> most;
  for (const models::Recommendation& each : list) {
    if (each.*member) most = std::max(most.value_or(0), *(each.*member));
  }
  return most;
}

}  // namespace

std::unique_ptr<ModelStudy> study_model(const Config& config, const std::string& path) {
  return std::make_unique<ModelStudy>(path, models::read_model(path), config.shapes,
                                      chip_choice(config));
}

void list_findings(const ModelStudy& study, std::vector<std::string>& warnings,
                   std::vector<std::string>& errors) {
  for (const models::Finding& finding : study.report().findings) {
    if (finding.severity == models::Severity::info) continue;
    auto& list = finding.severity == models::Severity::error ? errors : warnings;
    list.push_back(fmt::format("{}: {}{}", finding.rule, place_of(finding), finding.what));
  }
}

OptimizationRecommendations advice_on(const ModelStudy& study,
                                      const ANEPerformanceMetrics& metrics) {
  OptimizationRecommendations advice;
  const std::vector<models::Recommendation>& list = study.recommendations();
  for (const models::Recommendation& each : list) {
    const std::string& what = each.change.empty() ? each.title : each.change;
    advice.recommendations.push_back(fmt::format("{}: {}{}", each.id, what, gain_of(each)));
    advice.details.push_back({each.title, each.change, each.basis,
                              each.seconds_saved.value_or(kNoNumber),
                              each.bytes_saved.value_or(kNoNumber)});
  }
  const auto set = [&](const char* member, double& number, std::optional<double> value,
                       const std::string& note) {
    number = value.value_or(kNoNumber);
    advice.origins.Set(member, {value ? ValueOrigin::estimated : ValueOrigin::absent, note});
  };
  const auto bytes = largest(list, &models::Recommendation::bytes_saved);
  set("potential_memory_saving_mb", advice.potential_memory_saving_mb,
      bytes ? std::optional(*bytes / 1e6) : std::nullopt,
      bytes ? "the largest single one" : "no recommendation has a known saving of bytes");

  const auto seconds = largest(list, &models::Recommendation::seconds_saved);
  const Base base = base_of(study, metrics);
  std::optional<double> speedup;
  if (!seconds) {
    advice.basis = "no recommendation has a known gain of time";
  } else if (!base.seconds) {
    advice.basis = "neither measured on the Neural Engine nor can it be predicted";
  } else if (*seconds >= *base.seconds) {
    advice.basis = fmt::format("the gain, {:.3g} ms, is not less than {}: one of both is wrong",
                               1e3 * *seconds, base.words);
  } else {
    speedup = *base.seconds / (*base.seconds - *seconds);
    advice.basis =
        fmt::format("{:.3g} ms, the largest single gain, less than {}", 1e3 * *seconds, base.words);
  }
  set("potential_speedup", advice.potential_speedup, speedup, advice.basis);
  return advice;
}

}  // namespace anemon::sdk
