#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/provenanced_json.h"
#include "models/document/model_json.h"
#include "profiler/measure/model_hash.h"
#include "profiler/measure/result.h"

namespace anemon::profiler {
namespace {

// As the engine loaded them, else as the file has them.
Json shapes_of_inputs(const RunFacts& facts) {
  Json shapes = Json::object();
  const auto add = [&](const std::string& name, const models::TensorType& tensor) {
    if (tensor.ranked) shapes[clean_json_text(name)] = shape_json(tensor.shape);
  };
  if (facts.run.loaded) {
    for (const FeatureInfo& each : facts.run.loaded->inputs) add(each.name, each.tensor);
  } else if (facts.study != nullptr) {
    for (const models::Feature& each : facts.study->model().interface.inputs) {
      add(each.name, each.tensor);
    }
  }
  return shapes;
}

}  // namespace

Json model_section(const RunFacts& facts) {
  const RunRequest& request = facts.run.request;
  ProvenancedJson section;
  section.text("name", name_of_model(request));
  std::error_code error;
  const std::filesystem::path whole = std::filesystem::absolute(request.model, error);
  section.text("path", (error ? request.model : whole).string());
  try {
    section.text("hash", model_hash(request.model));
  } catch (const Error& unreadable) {
    section.absent("hash", unreadable.what());
  }
  if (facts.study != nullptr) {
    const models::Model& model = facts.study->model();
    section.text("kind", model.kind);
    section.text("container", model.container);
    section.number("stored_bytes", Json(model.stored_bytes), Provenance::measured);
  } else {
    section.absent("kind", facts.why_no_study);
    section.absent("stored_bytes", facts.why_no_study);
  }
  section.text("function", request.function);
  section.set("shapes", shapes_of_inputs(facts));
  return section.take();
}

}  // namespace anemon::profiler
