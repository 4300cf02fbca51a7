#include "models/document/model_study.h"

#include <fmt/format.h>

#include <algorithm>

#include "models/analysis/cost.h"

namespace anemon {
namespace {

void add_functions(const models::Model& model, const models::ModelAnalysis& analysis,
                   const models::Report* report, const std::string& member,
                   std::vector<StudiedFunction>& functions) {
  for (size_t i = 0; i < analysis.functions.size(); ++i) {
    StudiedFunction function;
    function.where = member;
    if (analysis.functions.size() > 1) {
      function.where += (member.empty() ? "" : "/") + model.functions[i].name;
    }
    function.model = &model;
    function.analysis = &analysis.functions[i];
    if (report != nullptr && i < report->placements.size()) {
      function.placement = &report->placements[i];
    }
    functions.push_back(std::move(function));
  }
  for (size_t i = 0; i < analysis.members.size(); ++i) {
    const models::Model& each = model.members[i];
    const std::string name = each.name.empty() ? std::to_string(i) : each.name;
    const models::Report* members =
        report != nullptr && i < report->members.size() ? &report->members[i] : nullptr;
    add_functions(each, analysis.members[i], members, member.empty() ? name : member + '/' + name,
                  functions);
  }
}

bool has_oddity(const models::Model& model, models::Oddity::Kind kind) {
  return std::ranges::any_of(model.oddities,
                             [&](const models::Oddity& oddity) { return oddity.kind == kind; }) ||
         std::ranges::any_of(model.members,
                             [&](const models::Model& member) { return has_oddity(member, kind); });
}

bool has_weights(const models::ModelAnalysis& analysis) {
  return std::ranges::any_of(analysis.functions,
                             [](const auto& each) { return each.total.weight_bytes_stored > 0; }) ||
         std::ranges::any_of(analysis.members, has_weights);
}

}  // namespace

ModelStudy::ModelStudy(std::string file, models::Model model, const models::InputShapes& shapes,
                       ChipChoice choice)
    : file_(std::move(file)),
      model_(std::move(model)),
      shapes_(shapes),
      analysis_(models::analyse(model_, shapes_)),
      choice_(choice) {}

const models::Report& ModelStudy::report() const {
  if (!report_) report_ = models::examine(analysis_, chip());
  return *report_;
}

const models::Readiness& ModelStudy::readiness() const {
  if (!readiness_) readiness_ = models::readiness(report());
  return *readiness_;
}

const std::vector<models::Recommendation>& ModelStudy::recommendations() const {
  if (!recommendations_) recommendations_ = models::recommend(report());
  return *recommendations_;
}

std::vector<StudiedFunction> ModelStudy::functions(bool placed) const {
  std::vector<StudiedFunction> functions;
  add_functions(model_, analysis_, placed ? &report() : nullptr, {}, functions);
  return functions;
}

std::string_view weights_state(const models::ModelAnalysis& analysis) {
  const models::Model& model = *analysis.model;
  if (has_oddity(model, models::Oddity::Kind::weights_missing)) return "missing";
  if (has_oddity(model, models::Oddity::Kind::weights_damaged) ||
      has_oddity(model, models::Oddity::Kind::weight_count)) {
    return "damaged";
  }
  return has_weights(analysis) ? "complete" : "none";
}

std::vector<std::string> reasons_of_being_partial(const models::Model& model) {
  std::vector<std::string> reasons;
  for (const models::Oddity& oddity : model.oddities) {
    switch (oddity.kind) {
      case models::Oddity::Kind::weights_missing:
      case models::Oddity::Kind::weights_damaged:
      case models::Oddity::Kind::weight_count:
      case models::Oddity::Kind::no_manifest:
        reasons.push_back(oddity.message.starts_with(name_of(oddity.kind))
                              ? oddity.message
                              : fmt::format("{}: {}", name_of(oddity.kind), oddity.message));
        break;
      case models::Oddity::Kind::newer_version:
      case models::Oddity::Kind::unknown_layer:
      case models::Oddity::Kind::other:
        break;
    }
  }
  for (const models::Model& member : model.members) {
    for (std::string& reason : reasons_of_being_partial(member)) {
      reasons.push_back(std::move(reason));
    }
  }
  return reasons;
}

ModelTotals totals_of(const models::ModelAnalysis& analysis) {
  ModelTotals totals;
  if (!analysis.functions.empty()) {
    const models::FunctionAnalysis& function = analysis.functions.front();
    totals.has_network = true;
    totals.cost = function.total;
    totals.peak_activation_bytes_min = function.peak_activation_bytes_min;
    totals.peak_activation_bytes_max = function.peak_activation_bytes_max;
  }
  for (const models::ModelAnalysis& each : analysis.members) {
    const ModelTotals member = totals_of(each);
    if (!member.has_network) continue;
    totals.has_network = true;
    models::add(totals.cost, member.cost);
    totals.peak_activation_bytes_min =
        std::max(totals.peak_activation_bytes_min, member.peak_activation_bytes_min);
    totals.peak_activation_bytes_max =
        std::max(totals.peak_activation_bytes_max, member.peak_activation_bytes_max);
  }
  return totals;
}

Latency latency_of(const models::FunctionAnalysis& function, const models::Placement& placement) {
  return {placement.latency_low_seconds,
          function.total.complete ? placement.latency_high_seconds : std::nullopt};
}

}  // namespace anemon
