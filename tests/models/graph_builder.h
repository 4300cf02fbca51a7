// Builds a function in memory, as a reader would have made it.
#pragma once

#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "models/graph/model.h"

namespace anemon::models::test {

class GraphBuilder {
 public:
  explicit GraphBuilder(std::string opset = "CoreML7") {
    function_.name = "main";
    function_.opset = std::move(opset);
  }

  ValueId input(std::string name, DataType dtype, Shape shape) {
    Feature feature;
    feature.name = name;
    feature.kind = FeatureKind::array;
    feature.tensor = {dtype, true, shape};
    inputs_.push_back(std::move(feature));
    const ValueId id = value(std::move(name), {dtype, true, std::move(shape)});
    function_.body.inputs.push_back(id);
    return id;
  }

  // A weight in a file that is not at hand: only its type counts.
  ValueId weight(DataType dtype, Shape shape) {
    Constant constant;
    constant.type = {dtype, true, std::move(shape)};
    constant.blob = BlobPlace{"@model_path/weights/weight.bin", next_blob_ += 64};
    constant.missing = true;
    return constant_value(std::move(constant));
  }
  ValueId integers(std::vector<int64_t> elements) {
    return constant_value(make_integers(elements));
  }
  ValueId integer(int64_t element) {
    const double number = static_cast<double>(element);
    return constant_value(make_constant(DataType::int32, {}, {&number, 1}));
  }
  ValueId flag(bool on) { return constant_value(make_bool(on)); }
  ValueId text(std::string words) { return constant_value(make_text(std::move(words))); }
  ValueId numbers(DataType dtype, Shape shape, std::vector<double> elements) {
    return constant_value(make_constant(dtype, std::move(shape), elements));
  }

  // One result per type; a type with `ranked` false leaves it to inference.
  std::vector<ValueId> add(std::string type, std::vector<Argument> arguments,
                           std::vector<TensorType> results) {
    Operation operation;
    operation.name = type + "_" + std::to_string(function_.body.operations.size());
    operation.type = std::move(type);
    operation.arguments = std::move(arguments);
    for (TensorType& result : results) {
      operation.results.push_back(
          value(operation.name + "_" + std::to_string(operation.results.size()), result));
    }
    std::vector<ValueId> ids = operation.results;
    function_.body.operations.push_back(std::move(operation));
    return ids;
  }
  // One result, of a type that inference must find.
  ValueId add(std::string type, std::vector<Argument> arguments) {
    return add(std::move(type), std::move(arguments), {unstated()}).front();
  }

  void output(ValueId id) { function_.body.outputs.push_back(id); }

  static TensorType unstated() { return {DataType::unknown, false, {}}; }

  Function& function() { return function_; }

  Model model() const {
    Model model;
    model.name = "built";
    model.kind = "mlProgram";
    model.container = "mlpackage";
    model.specification_version = 8;
    model.interface.inputs = inputs_;
    for (const ValueId id : function_.body.outputs) {
      Feature feature;
      feature.name = function_.values[id].name;
      feature.kind = FeatureKind::array;
      feature.tensor = function_.values[id].type.tensor;
      model.interface.outputs.push_back(std::move(feature));
    }
    model.functions.push_back(function_);
    return model;
  }

 private:
  ValueId value(std::string name, TensorType type) {
    function_.values.push_back({std::move(name), {ValueKind::tensor, std::move(type)}, {}});
    return static_cast<ValueId>(function_.values.size() - 1);
  }
  ValueId constant_value(Constant constant) {
    const ValueId id = value("", constant.type);
    function_.values[id].constant = std::move(constant);
    return id;
  }

  Function function_;
  std::vector<Feature> inputs_;
  uint64_t next_blob_ = 0;
};

}  // namespace anemon::models::test
