// Neural networks and programs: features in, a plan, features out.
#include <algorithm>
#include <cmath>

#include "models/analysis/infer.h"
#include "models/analysis/input_shape.h"
#include "profiler/reference/classes.h"
#include "profiler/reference/refusal.h"
#include "profiler/reference/runnable.h"

namespace anemon::profiler::reference {
namespace {

using models::Feature;
using models::FeatureKind;
using models::Function;
using models::ValueId;

// pixel * scale + bias of its channel, less the mean image.
struct Preparation {
  std::vector<float> scale, bias;
  std::vector<float> mean;
};

struct Input {
  std::string name;
  Tensor tensor;
  std::vector<Preparation> preparations;
};

struct Output {
  std::string name;
  Tensor tensor;
  Shape shape;
  bool image = false;
};

Preparation preparation_of(const models::ImagePreprocessing& from, const Feature& feature) {
  Preparation result;
  const auto scale = static_cast<float>(from.scale);
  std::vector<double> bias = {from.red_bias, from.green_bias, from.blue_bias};
  if (feature.color_space == "BGR") std::swap(bias[0], bias[2]);
  if (feature.color_space.starts_with("GRAY")) bias = {from.gray_bias};
  for (const double each : bias) {
    result.scale.push_back(scale);
    result.bias.push_back(static_cast<float>(each));
  }
  if (from.mean_image) {
    const auto mean = models::numbers(*from.mean_image, SIZE_MAX);
    if (!mean) throw Error("the mean image of input '" + feature.name + "' cannot be read");
    result.mean.assign(mean->begin(), mean->end());
  }
  return result;
}

void prepare(const Preparation& how, float* image, size_t count) {
  const size_t plane = count / how.scale.size();
  for (size_t channel = 0; channel < how.scale.size(); ++channel) {
    const float scale = how.scale[channel];
    const float bias = how.bias[channel];
    float* to = image + channel * plane;
    if (scale == 1 && bias == 0) continue;
    for (size_t i = 0; i < plane; ++i) to[i] = to[i] * scale + bias;
  }
  for (size_t i = 0; i < std::min(count, how.mean.size()); ++i) image[i] -= how.mean[i];
}

const Feature* feature_named(const std::vector<Feature>& features, const std::string& name) {
  const auto found = std::find_if(features.begin(), features.end(),
                                  [&](const Feature& each) { return each.name == name; });
  return found == features.end() ? nullptr : &*found;
}

// The type of the tensors within, where the description tells less.
const models::Operation* classify_operation(const Function& function) {
  const auto& operations = function.body.operations;
  const auto found = std::find_if(operations.begin(), operations.end(),
                                  [](const auto& each) { return each.type == "classify"; });
  return found == operations.end() ? nullptr : &*found;
}

class Network : public Runnable {
 public:
  Network(const models::Model& model, const Function& function, const models::Interface& interface,
          const RunnableRequest& request)
      : function_(function),
        interface_(interface),
        plan_(function, models::infer(function, interface, *request.shapes), request.plan) {
    bind_inputs();
    bind_outputs();
    bind_classes(model);
  }

  void take(Features& inputs) override;
  void execute() override { plan_.run(); }
  void give(Features& outputs) override;

  void time_operations(bool on) override { plan_.time_steps(on); }
  void add_times(std::vector<OperationTime>& times) const override;
  uint64_t weight_bytes() const override { return plan_.weight_bytes(); }
  uint64_t activation_bytes() const override { return plan_.activation_bytes(); }
  void complete(std::vector<Feature>& outputs) const override;

 private:
  void bind_inputs();
  void bind_outputs();
  void bind_classes(const models::Model& model);
  static Duration add_sequence(const Sequence& sequence, std::vector<OperationTime>& times);

  const Function& function_;
  const models::Interface& interface_;
  Plan plan_;
  std::vector<Input> inputs_;
  std::vector<Output> outputs_;
  Classes classes_;
  Tensor probabilities_;  // of a classifier; else without a buffer
};

void Network::bind_inputs() {
  for (const ValueId value : function_.body.inputs) {
    const std::string& name = function_.values[value].name;
    const Feature* feature = feature_named(interface_.inputs, name);
    if (feature == nullptr) continue;  // a state
    Input input{name, plan_.tensor(value), {}};
    for (const models::ImagePreprocessing& each : function_.preprocessing) {
      const bool meant =
          each.input == name || (each.input.empty() && feature->kind == FeatureKind::image);
      if (meant) input.preparations.push_back(preparation_of(each, *feature));
    }
    inputs_.push_back(std::move(input));
  }
}

void Network::bind_outputs() {
  for (const Feature& feature : interface_.outputs) {
    const bool tensor = feature.kind == FeatureKind::array || feature.kind == FeatureKind::image ||
                        feature.kind == FeatureKind::number || feature.kind == FeatureKind::integer;
    if (!tensor || feature.name == interface_.predicted_probabilities) continue;
    for (const ValueId value : function_.body.outputs) {
      if (function_.values[value].name != feature.name) continue;
      Output output{feature.name, plan_.tensor(value), {}, feature.kind == FeatureKind::image};
      const bool described =
          is_known(feature.tensor) && count_of(feature.tensor.shape) == output.tensor.count();
      output.shape = described ? feature.tensor.shape : output.tensor.shape();
      outputs_.push_back(std::move(output));
    }
  }
}

void Network::bind_classes(const models::Model& model) {
  if (const models::Operation* classify = classify_operation(function_)) {
    const models::Constant* classes = function_.constant(*classify, "classes");
    if (classes == nullptr) {
      throw Error(title_of(*classify) + " names no classes that could be read");
    }
    classes_ = Classes::of(*classes);
    probabilities_ = plan_.tensor(classify->argument("probabilities")->values.front());
    const std::string& label = function_.values[classify->results.front()].name;
    std::erase_if(outputs_, [&](const Output& output) { return output.name == label; });
    return;
  }
  if (model.kind != "neuralNetworkClassifier") return;
  if (model.parameters.empty()) {
    throw Error("the classes of a compiled classifier cannot be read",
                "profile the .mlmodel it was compiled from");
  }
  classes_ = Classes::read(model.parameters, 100, 101);
  std::string blob;
  for (models::WireReader reader(model.parameters, "NeuralNetworkClassifier");
       auto field = reader.next();) {
    if (field->number == 200) blob = field->text();
  }
  if (blob.empty()) blob = interface_.predicted_probabilities;
  const std::vector<ValueId>& values = function_.body.outputs;
  if (values.empty()) throw Error("the classifier computes nothing");
  const auto named = std::find_if(values.begin(), values.end(), [&](ValueId value) {
    return function_.values[value].name == blob;
  });
  probabilities_ = plan_.tensor(named == values.end() ? values.back() : *named);
}

void Network::take(Features& inputs) {
  for (Input& input : inputs_) {
    const FeatureValue* given = find_feature(inputs, input.name);
    float* to = input.tensor.data();
    const size_t count = input.tensor.count();
    if (given == nullptr) {
      std::fill_n(to, count, 0.0F);
      continue;
    }
    if (given->numbers.size() != count) {
      throw Error("input '" + input.name + "' has " + std::to_string(given->numbers.size()) +
                  " elements, the model takes " + std::to_string(count));
    }
    std::copy(given->numbers.begin(), given->numbers.end(), to);
    for (const Preparation& each : input.preparations) {
      prepare(each, to, count);
    }
  }
}

void Network::give(Features& outputs) {
  for (const Output& output : outputs_) {
    FeatureValue& value = feature_in(outputs, output.name);
    value.shape = output.shape;
    value.numbers.assign(output.tensor.data(), output.tensor.data() + output.tensor.count());
    if (!output.image) continue;
    for (float& pixel : value.numbers) pixel = std::clamp(std::nearbyint(pixel), 0.0F, 255.0F);
  }
  if (probabilities_.buffer == nullptr) return;
  std::string label = interface_.predicted_feature;
  std::string dictionary = interface_.predicted_probabilities;
  if (const models::Operation* classify = classify_operation(function_)) {
    label = function_.values[classify->results.front()].name;
    if (classify->results.size() > 1) dictionary = function_.values[classify->results[1]].name;
  }
  classes_.give({probabilities_.data(), probabilities_.count()}, label, dictionary, outputs);
}

// A loop's own time is what its blocks do not take.
Duration Network::add_sequence(const Sequence& sequence, std::vector<OperationTime>& times) {
  Duration sum{};
  for (const Step& step : sequence.steps) {
    OperationTime time;
    const models::Operation& operation = *step.operation;
    time.name = operation.name;
    time.type = operation.layer.empty() ? operation.type : operation.layer;
    time.calls = step.calls;
    if (step.fused_into != nullptr) time.fused_into = step.fused_into->name;
    const size_t place = times.size();
    times.push_back(std::move(time));
    Duration inside{};
    for (const auto& block : step.blocks) inside += add_sequence(*block, times);
    times[place].total = std::max(step.total - inside, Duration{});
    sum += step.total;
  }
  return sum;
}

void Network::add_times(std::vector<OperationTime>& times) const {
  add_sequence(plan_.body(), times);
}

void Network::complete(std::vector<Feature>& outputs) const {
  for (Feature& feature : outputs) {
    for (const Output& output : outputs_) {
      if (output.name != feature.name) continue;
      feature.tensor.ranked = true;
      feature.tensor.shape = output.shape;
    }
  }
}

}  // namespace

std::unique_ptr<Runnable> make_network(const models::Model& model, const RunnableRequest& request) {
  const Function* function = &model.functions.front();
  if (!request.function.empty()) {
    const auto found =
        std::find_if(model.functions.begin(), model.functions.end(),
                     [&](const Function& each) { return each.name == request.function; });
    if (found == model.functions.end()) {
      std::string names;
      for (const Function& each : model.functions) names += " " + each.name;
      throw Error("the model has no function '" + request.function + "'", "it has:" + names);
    }
    function = &*found;
  }
  if (model.container == "mlmodelc" && function->old_network) {
    throw Error("the layers of a compiled neural network cannot be run by the reference engine",
                "profile the .mlmodel it was compiled from");
  }
  const models::Interface& interface = described_interface(model, *function);
  return std::make_unique<Network>(model, *function, interface, request);
}

}  // namespace anemon::profiler::reference
