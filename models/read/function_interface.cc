#include "models/read/function_interface.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "models/read/oddity_log.h"

namespace anemon::models {
namespace {

Feature feature_of(const Value& value) {
  Feature feature;
  feature.name = value.name;
  feature.tensor = value.type.tensor;
  if (value.type.kind == ValueKind::tensor) feature.kind = FeatureKind::array;
  if (value.type.kind == ValueKind::state) feature.kind = FeatureKind::state;
  if (value.type.kind == ValueKind::dictionary) feature.kind = FeatureKind::dictionary;
  const Shape& shape = feature.tensor.shape;
  const auto open = [](int64_t extent) { return extent == kAnyExtent; };
  if (!std::any_of(shape.begin(), shape.end(), open)) return feature;
  feature.flexibility = Flexibility::unbounded;
  for (const int64_t extent : shape) {
    feature.ranges.push_back(open(extent) ? ExtentRange{1, kAnyExtent}
                                          : ExtentRange{extent, extent});
  }
  return feature;
}

void drop_second_descriptions(Model& model) {
  std::unordered_set<std::string> described;
  OddityLog oddities;
  std::vector<Interface> firsts;
  for (Interface& interface : model.interfaces) {
    if (described.insert(interface.function).second) {
      firsts.push_back(std::move(interface));
      continue;
    }
    const auto message = [&] {
      return "function " + interface.function + " is described twice; the first counts";
    };
    oddities.note(Oddity::Kind::other, "described twice", message);
  }
  model.interfaces = std::move(firsts);
  for (Oddity& oddity : oddities.take()) model.oddities.push_back(std::move(oddity));
}

}  // namespace

Interface interface_of(const Function& function) {
  Interface interface;
  interface.function = function.name;
  for (const ValueId id : function.body.inputs) {
    Feature feature = feature_of(function.values[id]);
    const bool state = feature.kind == FeatureKind::state;
    (state ? interface.states : interface.inputs).push_back(std::move(feature));
  }
  for (const ValueId id : function.body.outputs) {
    interface.outputs.push_back(feature_of(function.values[id]));
  }
  return interface;
}

void complete_outputs(Interface& interface, const Function& function) {
  std::unordered_map<std::string_view, const TensorType*> types;
  for (const ValueId id : function.body.outputs) {
    types.emplace(function.values[id].name, &function.values[id].type.tensor);
  }
  for (Feature& output : interface.outputs) {
    const auto known = types.find(output.name);
    const bool shaped = output.kind == FeatureKind::array && output.tensor.ranked;
    if (known == types.end() || output.kind != FeatureKind::array || shaped) continue;
    output.tensor.ranked = known->second->ranked;
    output.tensor.shape = known->second->shape;
    if (output.tensor.dtype == DataType::unknown) output.tensor.dtype = known->second->dtype;
  }
}

void complete_outputs(Model& model) {
  if (model.kind != "mlProgram" || model.functions.empty()) return;
  drop_second_descriptions(model);
  std::unordered_map<std::string_view, const Function*> functions;
  for (const Function& function : model.functions) functions.emplace(function.name, &function);
  for (Interface& interface : model.interfaces) {
    const auto found = functions.find(interface.function);
    if (found != functions.end()) complete_outputs(interface, *found->second);
  }
  complete_outputs(model.interface, model.functions.front());
}

}  // namespace anemon::models
