#include "models/read/layers.h"

#include <string>
#include <unordered_set>
#include <utility>

#include "core/utf8.h"
#include "models/read/layer_fields.h"
#include "models/read/layer_weights.h"
#include "models/read/network_reader.h"

namespace anemon::models {
namespace {

ImagePreprocessing read_preprocessing(Bytes message) {
  LayerFields fields("NeuralNetworkPreprocessing");
  fields.add(message);
  ImagePreprocessing result;
  result.input = to_clean_utf8(fields.text(1), 1000);
  const uint32_t kind = fields.last_of({10, 11});
  if (kind == 10) {
    const LayerFields scaler = fields.message(10, "NeuralNetworkImageScaler");
    result.scale = scaler.number(10);
    result.blue_bias = scaler.number(20);
    result.green_bias = scaler.number(21);
    result.red_bias = scaler.number(22);
    result.gray_bias = scaler.number(30);
  } else if (kind == 11) {
    // NeuralNetworkMeanImage and WeightParams both hold their floats in field 1.
    const std::vector<Bytes> image = fields.occurrences(11);
    result.mean_image = read_weights(image, std::nullopt).constant;
  }
  return result;
}

// The dimensions that requests may change, open.
Shape open_shape(const Feature& feature) {
  Shape shape = feature.tensor.shape;
  for (size_t i = 0; i < shape.size(); ++i) {
    bool open = i < feature.ranges.size() && feature.ranges[i].lower != feature.ranges[i].upper;
    for (const Shape& other : feature.enumerated) {
      open |= i >= other.size() || other[i] != shape[i];
    }
    if (open || shape[i] < 0) shape[i] = kAnyExtent;
  }
  return shape;
}

}  // namespace

TensorType network_type(const Feature& feature, const Function& function) {
  if (!function.old_network) return feature.tensor;
  const bool tensor = feature.kind == FeatureKind::array || feature.kind == FeatureKind::image;
  // An array without dimensions says nothing: networks have no scalars as inputs.
  if (!tensor || !feature.tensor.ranked || feature.tensor.shape.empty()) {
    return {DataType::fp32, false, {}};
  }
  return {DataType::fp32, true, network_shape(feature, open_shape(feature), function)};
}

Function read_neural_network(Bytes message, const Interface& interface, LayerContext& context) {
  Function function;
  function.name = "main";
  function.old_network = true;
  bool classifier = false;
  std::string_view probabilities;  // the blob that a classifier's probabilities are read from
  for (WireReader reader(message, "NeuralNetwork"); auto field = reader.next();) {
    switch (field->number) {
      case 2:
        function.preprocessing.push_back(read_preprocessing(field->message()));
        break;
      case 5:
        function.exact_arrays = field->uint64() == 1;
        break;
      case 6:
        function.rank4_images = field->uint64() == 1;
        break;
      case 100:
      case 101:
        classifier = true;
        break;
      case 200:
        classifier = true;
        probabilities = field->text();
        break;
      default:
        break;
    }
  }

  NetworkReader network(function, context);
  for (const Feature& feature : interface.inputs) {
    function.body.inputs.push_back(network.write(feature.name, network_type(feature, function)));
  }
  network.read_layers({&message, 1}, function.body);
  std::unordered_set<ValueId> known;
  const auto add_output = [&](std::optional<ValueId> value) {
    if (value && known.insert(*value).second) function.body.outputs.push_back(*value);
  };
  for (const Feature& feature : interface.outputs) {
    add_output(network.find(feature.name));
  }
  if (classifier) add_output(network.find(probabilities));
  // The format lets a classifier leave its blob unnamed: the last layer's is meant.
  if (function.body.outputs.empty() && !function.body.operations.empty()) {
    for (const ValueId result : function.body.operations.back().results) {
      add_output(result);
    }
  }
  return function;
}

}  // namespace anemon::models
