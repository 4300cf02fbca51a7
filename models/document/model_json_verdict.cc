// What is predicted of a model, and what is wrong with it.
#include <nlohmann/json.hpp>

#include "core/provenanced_json.h"
#include "models/document/model_json.h"

namespace anemon {
namespace {

// The members that a path names: "detector/network". Members may share a name.
void find_members(const models::ModelAnalysis& analysis, std::string_view path,
                  std::vector<const models::ModelAnalysis*>& found) {
  if (path.empty()) return found.push_back(&analysis);
  for (const models::ModelAnalysis& each : analysis.members) {
    const std::string& name = each.model->name;
    if (!path.starts_with(name)) continue;
    if (path.size() == name.size()) {
      found.push_back(&each);
    } else if (path[name.size()] == '/') {
      find_members(each, path.substr(name.size() + 1), found);
    }
  }
}

// Null when it is not clear which one is meant.
const models::FunctionAnalysis* find_function(const models::ModelAnalysis& analysis,
                                              const std::string& member, const std::string& name) {
  std::vector<const models::ModelAnalysis*> owners;
  find_members(analysis, member, owners);
  if (owners.size() != 1) return nullptr;
  for (const models::FunctionAnalysis& function : owners.front()->functions) {
    if (function.function->name == name) return &function;
  }
  return nullptr;
}

Json operations_json(const std::vector<size_t>& operations, const models::ModelAnalysis& analysis,
                     const std::string& member, const std::string& name) {
  Json result = Json::array();
  if (operations.empty()) return result;
  const models::FunctionAnalysis* function = find_function(analysis, member, name);
  for (const size_t index : operations) {
    Json each = Json::object();
    each["index"] = index;
    if (function != nullptr && index < function->operations.size()) {
      const models::Operation& operation = *function->operations[index].operation;
      each["type"] = clean_json_text(operation.type);
      if (!operation.name.empty()) each["name"] = clean_json_text(operation.name);
    }
    result.push_back(std::move(each));
  }
  return result;
}

Json placed_json(const models::PlacedOperation& placed, const models::FunctionAnalysis& function) {
  const models::Operation& operation = *function.operations[placed.operation].operation;
  ProvenancedJson result;
  result.set("index", placed.operation);
  result.set("type", clean_json_text(operation.type));
  result.text("name", operation.name);
  result.set("engine", placed.engine ? Json(name_of(*placed.engine)) : Json(nullptr));
  result.text("reason", placed.reason);
  result.set("confidence", name_of(placed.confidence));
  Json costs = Json::object();
  for (size_t i = 0; i < models::kEngines; ++i) {
    const models::EngineCost& cost = placed.costs[i];
    ProvenancedJson each;
    each.set("supported", cost.supported);
    each.set("confidence", name_of(cost.confidence));
    if (cost.supported && cost.confidence != models::Confidence::none) {
      each.number("seconds", Json(cost.seconds), Provenance::estimated);
      each.text("bound", cost.bound);
    }
    costs[std::string(name_of(static_cast<models::Engine>(i)))] = each.take();
  }
  result.set("engines", std::move(costs));
  return result.take();
}

Json placed_function_json(const models::Placement& placement,
                          const models::FunctionAnalysis& function) {
  ProvenancedJson result;
  result.set("function", clean_json_text(function.function->name));
  const auto estimated = [&](const char* key, std::optional<double> value) {
    result.number(key, value, Provenance::estimated);
  };
  estimated("ane_share", placement.ane_share);
  estimated("ane_possible_share", placement.ane_possible_share);
  result.number("switches", Json(placement.switches), Provenance::estimated);
  result.number("segments", Json(placement.segments), Provenance::estimated);
  const Latency latency = latency_of(function, placement);
  estimated("latency_low_seconds", latency.low);
  estimated("latency_high_seconds", latency.high);
  estimated("bandwidth_floor_seconds", placement.bandwidth_floor_seconds);
  estimated("dispatch_floor_seconds", placement.dispatch_floor_seconds);
  Json operations = Json::array();
  for (const models::PlacedOperation& placed : placement.operations) {
    operations.push_back(placed_json(placed, function));
  }
  result.set("operations", std::move(operations));
  return result.take();
}

}  // namespace

Json placement_json(const models::ModelAnalysis& analysis, const models::Report& report) {
  if (analysis.functions.empty()) return nullptr;
  Json result = Json::object();
  result["chip"] = report.chip->name;
  result["study"] = models::kPlacementStudy;
  result["functions"] = Json::array();
  for (size_t i = 0; i < report.placements.size(); ++i) {
    result["functions"].push_back(
        placed_function_json(report.placements[i], analysis.functions[i]));
  }
  return result;
}

Json finding_json(const models::Finding& finding, const models::ModelAnalysis& analysis) {
  ProvenancedJson result;
  result.set("rule", finding.rule);
  result.set("severity", name_of(finding.severity));
  result.set("confidence", name_of(finding.confidence));
  result.text("source", finding.source);
  result.text("member", finding.member);
  result.text("function", finding.function);
  result.text("what", finding.what);
  result.text("why", finding.why);
  result.text("change", finding.change);
  result.text("effect", finding.effect);
  result.number("seconds_saved", finding.seconds_saved, Provenance::estimated);
  result.number("bytes_saved", finding.bytes_saved, Provenance::derived);
  result.set("operations",
             operations_json(finding.operations, analysis, finding.member, finding.function));
  return result.take();
}

Json readiness_json(const models::Readiness& readiness) {
  ProvenancedJson result;
  result.number("score", std::optional(readiness.score), Provenance::estimated);
  Json terms = Json::array();
  for (const models::ReadinessTerm& term : readiness.terms) {
    ProvenancedJson each;
    each.set("name", term.name);
    each.number("points", std::optional(term.points), Provenance::estimated);
    each.number("of", std::optional(term.of), Provenance::estimated);
    each.text("evidence", term.evidence);
    each.set("rules", term.rules);
    terms.push_back(each.take());
  }
  result.set("terms", std::move(terms));
  return result.take();
}

Json recommendation_json(const models::Recommendation& recommendation,
                         const models::ModelAnalysis& analysis) {
  ProvenancedJson result;
  result.set("id", clean_json_text(recommendation.id));
  result.text("title", recommendation.title);
  result.text("member", recommendation.member);
  result.text("function", recommendation.function);
  result.text("change", recommendation.change);
  result.text("basis", recommendation.basis);
  result.set("confidence", name_of(recommendation.confidence));
  result.number("seconds_saved", recommendation.seconds_saved, Provenance::estimated);
  result.number("bytes_saved", recommendation.bytes_saved, Provenance::derived);
  result.number("joules_saved", recommendation.joules_saved, Provenance::estimated);
  result.set("operations", operations_json(recommendation.operations, analysis,
                                           recommendation.member, recommendation.function));
  return result.take();
}

}  // namespace anemon
