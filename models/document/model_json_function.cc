// A function of a model: its operations and what they cost.
#include <nlohmann/json.hpp>

#include "core/provenanced_json.h"
#include "models/document/model_json.h"

namespace anemon {
namespace {

Json map_json(const std::map<std::string, uint64_t>& map) {
  Json result = Json::object();
  for (const auto& [key, value] : map) result[clean_json_text(key)] = value;
  return result;
}

// A number that could not be counted in full is left out when nothing could be counted.
void add_count(ProvenancedJson& object, const char* key, uint64_t value, bool complete) {
  if (complete || value > 0) object.number(key, Json(value), Provenance::derived);
}

void add_cost(ProvenancedJson& object, const models::OperationCost& cost) {
  add_count(object, "vector_flops", cost.vector_flops, cost.complete);
  object.number("parameters", Json(cost.parameters), Provenance::derived);
  object.number("weight_bytes_stored", Json(cost.weight_bytes_stored), Provenance::derived);
  object.number("weight_bytes_computed", Json(cost.weight_bytes_computed), Provenance::derived);
  add_count(object, "input_bytes", cost.input_bytes, cost.complete);
  add_count(object, "output_bytes", cost.output_bytes, cost.complete);
  add_count(object, "padded_bytes", cost.padded_bytes, cost.complete);
  if (cost.complete) {
    object.number("arithmetic_intensity", std::optional(cost.arithmetic_intensity()),
                  Provenance::derived);
  }
  if (cost.precision != models::DataType::unknown) {
    object.set("precision", name_of(cost.precision));
  }
  object.set("complete", cost.complete);
}

Json results_json(const models::FunctionAnalysis& function, const models::Operation& operation) {
  Json results = Json::array();
  for (const models::ValueId id : operation.results) {
    const models::Value& value = function.function->values[id];
    const models::ValueType& type = function.types[id];
    ProvenancedJson result;
    result.set("name", clean_json_text(value.name));
    if (type.tensor.dtype != models::DataType::unknown) {
      result.set("dtype", name_of(type.tensor.dtype));
    }
    if (type.tensor.ranked) {
      result.number("shape", shape_json(type.tensor.shape), Provenance::derived);
    }
    results.push_back(result.take());
  }
  return results;
}

Json operations_json(const models::FunctionAnalysis& function) {
  Json operations = Json::array();
  for (size_t i = 0; i < function.operations.size(); ++i) {
    const models::AnalysedOperation& each = function.operations[i];
    if (each.operation->type == "const") continue;
    ProvenancedJson operation;
    operation.set("index", i);
    operation.set("type", clean_json_text(each.operation->type));
    operation.text("name", each.operation->name);
    operation.text("layer", each.operation->layer);
    operation.set("depth", each.depth);
    operation.set("results", results_json(function, *each.operation));
    add_count(operation, "macs", each.cost.macs, each.cost.complete);
    add_cost(operation, each.cost);
    operations.push_back(operation.take());
  }
  return operations;
}

Json mismatches_json(const models::FunctionAnalysis& function) {
  Json result = Json::array();
  for (const models::ShapeMismatch& mismatch : function.mismatches) {
    Json each = Json::object();
    each["operation"] = mismatch.operation;
    each["stored"] = to_text(mismatch.stored);
    each["inferred"] = to_text(mismatch.inferred);
    result.push_back(std::move(each));
  }
  return result;
}

}  // namespace

Json cost_json(const models::OperationCost& cost) {
  ProvenancedJson result;
  add_count(result, "macs", cost.macs, cost.complete);
  add_cost(result, cost);
  return result.take();
}

Json function_json(const models::FunctionAnalysis& function) {
  ProvenancedJson result;
  uint64_t operations = 0;
  for (const auto& [type, count] : function.histogram) operations += count;
  result.set("name", clean_json_text(function.function->name));
  result.text("opset", function.function->opset);
  result.number("ops_total", Json(operations), Provenance::derived);
  result.number("ops_non_const", Json(operations - function.constants), Provenance::derived);
  result.number("histogram", map_json(function.histogram), Provenance::derived);
  add_count(result, "macs_total", function.total.macs, function.total.complete);
  result.number("macs", map_json(function.macs_by_type), Provenance::derived);
  result.number("weight_bytes_stored", Json(function.blob_bytes), Provenance::derived);
  result.number("weight_elements", Json(function.blob_elements), Provenance::derived);
  const bool complete = function.total.complete;
  add_count(result, "peak_activation_bytes_min", function.peak_activation_bytes_min, complete);
  add_count(result, "peak_activation_bytes_max", function.peak_activation_bytes_max, complete);
  result.set("total", cost_json(function.total));
  result.set("operations", operations_json(function));
  result.set("shape_mismatches", mismatches_json(function));
  return result.take();
}

}  // namespace anemon
