#include "models/document/model_json.h"

#include <nlohmann/json.hpp>

#include "core/provenanced_json.h"

namespace anemon {
namespace {

Json metadata_json(const models::Model& model) {
  Json result = Json::object();
  for (const auto& [key, value] : model.metadata) {
    result[clean_json_text(key)] = clean_json_text(value);
  }
  return result;
}

Json oddities_json(const models::Model& model) {
  Json result = Json::array();
  for (const models::Oddity& oddity : model.oddities) {
    Json each = Json::object();
    each["kind"] = name_of(oddity.kind);
    each["message"] = clean_json_text(oddity.message);
    if (!oddity.operation.empty()) each["operation"] = clean_json_text(oddity.operation);
    result.push_back(std::move(each));
  }
  return result;
}

void add_network(ProvenancedJson& result, const models::ModelAnalysis& analysis) {
  Json functions = Json::array();
  for (const models::FunctionAnalysis& function : analysis.functions) {
    functions.push_back(function_json(function));
  }
  if (!analysis.functions.empty() && analysis.model->functions.front().old_network) {
    // Each layer became one operation, so that these are the function's numbers.
    const Json& network = functions.front();
    result.number("layers", network["ops_total"], Provenance::derived);
    result.number("histogram", network["histogram"], Provenance::derived);
    result.number("weight_bytes_stored", network["weight_bytes_stored"], Provenance::derived);
  }
  result.set("functions", std::move(functions));
}

// What members have too.
void add_description(ProvenancedJson& result, const models::ModelAnalysis& analysis,
                     const models::Report& report) {
  const models::Model& model = *analysis.model;
  result.text("name", model.name);
  result.set("kind", clean_json_text(model.kind));
  result.text("container", model.container);
  result.number("spec_version", Json(model.specification_version), Provenance::measured);
  result.text("min_os", minimum_os(model));
  result.set("updatable", model.updatable);
  result.set("weights", weights_state(analysis));
  if (model.stored_bytes > 0) {
    result.number("stored_bytes", Json(model.stored_bytes), Provenance::measured);
  }
  result.set("metadata", metadata_json(model));
  Json interface = interface_json(model.interface);
  for (const char* key : {"inputs", "outputs", "states"}) {
    result.set(key, std::move(interface[key]));
  }
  if (!model.interfaces.empty()) {
    Json interfaces = Json::array();
    for (const models::Interface& each : model.interfaces) {
      interfaces.push_back(interface_json(each));
    }
    result.set("interfaces", std::move(interfaces));
  }
  Json members = Json::array();
  for (size_t i = 0; i < analysis.members.size(); ++i) {
    ProvenancedJson member;
    add_description(member, analysis.members[i], report.members[i]);
    members.push_back(member.take());
  }
  result.set("models", std::move(members));
  add_network(result, analysis);
  if (model.trees) {
    result.number("trees", Json(model.trees->trees), Provenance::derived);
    result.number("nodes", Json(model.trees->nodes), Provenance::derived);
    result.number("leaves", Json(model.trees->leaves), Provenance::derived);
    result.number("max_depth", Json(model.trees->max_depth), Provenance::derived);
  }
  if (model.linear) {
    result.number("rows", Json(model.linear->rows), Provenance::derived);
    result.number("row_weights", Json(model.linear->weights), Provenance::derived);
  }
  result.set("oddities", oddities_json(model));
  result.set("placement", placement_json(analysis, report));
}

Json chip_json(const ChipChoice& choice) {
  Json result = Json::object();
  result["name"] = choice.chip->name;
  result["chosen"] = choice.origin;
  return result;
}

}  // namespace

Json model_document(const ModelStudy& study) {
  ProvenancedJson result;
  result.set("schema", "anemon.model/1");
  result.set("file", clean_json_text(study.file()));
  result.set("chip", chip_json(study.choice()));
  add_description(result, study.analysis(), study.report());
  Json findings = Json::array();
  for (const models::Finding& finding : study.report().findings) {
    findings.push_back(finding_json(finding, study.analysis()));
  }
  result.set("findings", std::move(findings));
  result.set("readiness", readiness_json(study.readiness()));
  Json recommendations = Json::array();
  for (const models::Recommendation& each : study.recommendations()) {
    recommendations.push_back(recommendation_json(each, study.analysis()));
  }
  result.set("recommendations", std::move(recommendations));
  return result.take();
}

}  // namespace anemon
