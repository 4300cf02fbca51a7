#include "profiler/reference/loaded_model.h"

#include <algorithm>
#include <chrono>

#include "models/analysis/input_shape.h"
#include "profiler/reference/runnable.h"

namespace anemon::profiler::reference {
namespace {

using models::Feature;
using models::FeatureKind;

const models::Interface& interface_of(const models::Model& model, const std::string& function) {
  if (function.empty()) return model.interface;
  const auto found =
      std::find_if(model.interfaces.begin(), model.interfaces.end(),
                   [&](const models::Interface& each) { return each.function == function; });
  return found == model.interfaces.end() ? model.interface : *found;
}

std::string names_of(const std::vector<Feature>& features) {
  std::string names;
  for (const Feature& feature : features) names += (names.empty() ? "" : ", ") + feature.name;
  return names;
}

class ReferenceModel : public LoadedModel {
 public:
  ReferenceModel(std::unique_ptr<models::Model> model, const std::string& function,
                 const models::InputShapes& shapes, const PlanOptions& options)
      : model_(std::move(model)), shapes_(shapes) {
    const models::Interface& interface = interface_of(*model_, function);
    inputs_ = interface.inputs;
    outputs_ = interface.outputs;
    for (const auto& [name, shape] : shapes_) take_shape(name, shape);
    for (Feature& feature : inputs_) {
      const bool asked = shapes_.contains(feature.name);
      const auto shape =
          asked ? shape_taken(feature, shapes_.at(feature.name)) : models::first_shape(feature);
      if (!shape) continue;
      feature.tensor.ranked = true;
      feature.tensor.shape = *shape;
    }
    runnable_ = make_runnable(*model_, {function, &shapes_, options});
    runnable_->complete(outputs_);
  }

  const std::vector<Feature>& inputs() const override { return inputs_; }
  const std::vector<Feature>& outputs() const override { return outputs_; }

  void set_inputs(size_t item, std::vector<FeatureValue> inputs) override;
  PredictTimes predict(size_t items) override;
  std::vector<FeatureValue> results(size_t item) const override;

  void time_operations(bool on) override { runnable_->time_operations(on); }
  std::vector<OperationTime> operation_times() const override {
    std::vector<OperationTime> times;
    runnable_->add_times(times);
    return times;
  }
  std::optional<uint64_t> weight_bytes() const override { return runnable_->weight_bytes(); }
  std::optional<uint64_t> activation_bytes() const override {
    return runnable_->activation_bytes();
  }

 private:
  void take_shape(const std::string& name, const Shape& shape) const;
  static void check(const Feature& feature, const FeatureValue& value);

  std::unique_ptr<models::Model> model_;
  models::InputShapes shapes_;
  std::vector<Feature> inputs_, outputs_;
  std::unique_ptr<Runnable> runnable_;
  std::vector<Features> given_, made_;  // by item
};

void ReferenceModel::take_shape(const std::string& name, const Shape& shape) const {
  const bool known = std::any_of(inputs_.begin(), inputs_.end(),
                                 [&](const Feature& each) { return each.name == name; });
  if (known) return;
  throw Error("the model has no input '" + name + "' to give the shape " + models::to_text(shape),
              "its inputs are: " + names_of(inputs_));
}

void ReferenceModel::check(const Feature& feature, const FeatureValue& value) {
  const bool tensor = feature.kind == FeatureKind::array || feature.kind == FeatureKind::image;
  const bool scalar = feature.kind == FeatureKind::number || feature.kind == FeatureKind::integer;
  if (!tensor && !scalar) return;
  const size_t wanted = scalar ? 1 : count_of(feature.tensor.shape);
  if (value.numbers.size() == wanted) return;
  throw Error("input '" + feature.name + "' has " + std::to_string(value.numbers.size()) +
                  " elements, the model takes " + std::to_string(wanted),
              tensor ? "its shape is " + models::to_text(feature.tensor.shape) : std::string());
}

void ReferenceModel::set_inputs(size_t item, std::vector<FeatureValue> inputs) {
  for (const FeatureValue& value : inputs) {
    const auto feature = std::find_if(inputs_.begin(), inputs_.end(),
                                      [&](const Feature& each) { return each.name == value.name; });
    if (feature == inputs_.end()) {
      throw Error("the model has no input '" + value.name + "'",
                  "its inputs are: " + names_of(inputs_));
    }
    check(*feature, value);
  }
  for (const Feature& feature : inputs_) {
    if (!feature.optional && find_feature(inputs, feature.name) == nullptr) {
      throw Error("input '" + feature.name + "' is missing");
    }
  }
  if (given_.size() <= item) given_.resize(item + 1);
  given_[item] = std::move(inputs);
}

PredictTimes ReferenceModel::predict(size_t items) {
  using Ticks = std::chrono::steady_clock;
  if (made_.size() < items) made_.resize(items);
  PredictTimes times;
  Duration preprocessing{}, execution{}, postprocessing{};
  auto last = Ticks::now();
  const auto lap = [&](Duration& sum) {
    const auto now = Ticks::now();
    sum += now - last;
    last = now;
  };
  for (size_t item = 0; item < items; ++item) {
    if (item >= given_.size() || (given_[item].empty() && !inputs_.empty())) {
      throw Error("item " + std::to_string(item) + " of the batch has no inputs");
    }
    runnable_->take(given_[item]);
    lap(preprocessing);
    runnable_->execute();
    lap(execution);
    runnable_->give(made_[item]);
    lap(postprocessing);
  }
  times.total = preprocessing + execution + postprocessing;
  times.preprocessing = preprocessing;
  times.execution = execution;
  times.postprocessing = postprocessing;
  return times;
}

std::vector<FeatureValue> ReferenceModel::results(size_t item) const {
  if (item >= made_.size()) {
    throw Error("item " + std::to_string(item) + " was not predicted");
  }
  std::vector<FeatureValue> results;
  for (const Feature& feature : outputs_) {
    for (const FeatureValue& value : made_[item]) {
      if (value.name == feature.name) results.push_back(value);
    }
  }
  return results;
}

}  // namespace

std::unique_ptr<LoadedModel> load_model(std::unique_ptr<models::Model> model,
                                        const std::string& function,
                                        const models::InputShapes& shapes,
                                        const PlanOptions& options) {
  return std::make_unique<ReferenceModel>(std::move(model), function, shapes, options);
}

}  // namespace anemon::profiler::reference
