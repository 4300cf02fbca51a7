// Inputs, outputs and states of a model.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/provenanced_json.h"
#include "models/document/model_json.h"

namespace anemon {
namespace {

Json range_json(const models::ExtentRange& range) {
  Json result = Json::object();
  result["lower"] = range.lower;
  result["upper"] = range.upper < 0 ? Json(nullptr) : Json(range.upper);
  return result;
}

Json feature_json(const models::Feature& feature) {
  ProvenancedJson result;
  result.set("name", clean_json_text(feature.name));
  result.set("type", name_of(feature.kind));
  result.text("description", feature.description);
  const bool is_tensor = feature.kind == models::FeatureKind::array ||
                         feature.kind == models::FeatureKind::image ||
                         feature.kind == models::FeatureKind::state;
  if (is_tensor) {
    if (feature.tensor.dtype != models::DataType::unknown) {
      result.set("dtype", name_of(feature.tensor.dtype));
    }
    if (feature.tensor.ranked) {
      result.number("shape", shape_json(feature.tensor.shape), Provenance::measured);
    }
    result.text("color_space", feature.color_space);
    if (states_flexibility(feature)) result.set("flexibility", name_of(feature.flexibility));
  }
  if (!feature.enumerated.empty()) {
    Json shapes = Json::array();
    for (const models::Shape& shape : feature.enumerated) shapes.push_back(shape_json(shape));
    result.number("enumerated_shapes", std::move(shapes), Provenance::measured);
  }
  if (!feature.ranges.empty()) {
    Json ranges = Json::array();
    for (const models::ExtentRange& range : feature.ranges) ranges.push_back(range_json(range));
    result.number("ranges", std::move(ranges), Provenance::measured);
  }
  result.set("optional", feature.optional);
  return result.take();
}

Json features_json(const std::vector<models::Feature>& features) {
  Json result = Json::array();
  for (const models::Feature& feature : features) result.push_back(feature_json(feature));
  return result;
}

}  // namespace

Json shape_json(const models::Shape& shape) {
  Json result = Json::array();
  for (const int64_t extent : shape) result.push_back(extent < 0 ? Json(nullptr) : Json(extent));
  return result;
}

Json interface_json(const models::Interface& interface) {
  Json result = Json::object();
  if (!interface.function.empty()) result["function"] = clean_json_text(interface.function);
  result["inputs"] = features_json(interface.inputs);
  result["outputs"] = features_json(interface.outputs);
  result["states"] = features_json(interface.states);
  return result;
}

bool states_flexibility(const models::Feature& feature) {
  const bool is_tensor = feature.kind == models::FeatureKind::array ||
                         feature.kind == models::FeatureKind::image ||
                         feature.kind == models::FeatureKind::state;
  if (!is_tensor || feature.flexibility != models::Flexibility::fixed) return true;
  return feature.tensor.ranked &&
         std::ranges::none_of(feature.tensor.shape, [](int64_t extent) { return extent < 0; });
}

}  // namespace anemon
