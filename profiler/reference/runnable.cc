#include "profiler/reference/runnable.h"

#include <algorithm>

#include "core/error.h"
#include "profiler/reference/transform.h"

namespace anemon::profiler::reference {

FeatureValue* find_feature(Features& features, const std::string& name) {
  const auto found = std::find_if(features.begin(), features.end(),
                                  [&](const FeatureValue& each) { return each.name == name; });
  return found == features.end() ? nullptr : &*found;
}

FeatureValue& feature_in(Features& features, const std::string& name) {
  if (FeatureValue* found = find_feature(features, name)) return *found;
  features.emplace_back();
  features.back().name = name;
  return features.back();
}

std::unique_ptr<Runnable> make_runnable(const models::Model& model,
                                        const RunnableRequest& request) {
  if (!model.functions.empty()) return make_network(model, request);
  if (!model.members.empty()) return make_pipeline(model, request);
  if (const MakeTransform make = find_transform(model.kind)) return make_transform(model, make);
  throw Error("a model of kind " + model.kind + " is not supported by the reference engine",
              "run it with Core ML on a Mac");
}

}  // namespace anemon::profiler::reference
