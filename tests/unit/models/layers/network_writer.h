// Writes old networks, layer by layer, and reads them back.
#pragma once

#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "models/read/layers.h"
#include "tests/models/proto_writer.h"

namespace anemon::models::test {

inline Bytes as_message(const std::string& bytes) { return std::as_bytes(std::span(bytes)); }

inline std::string floats(std::initializer_list<float> values) {
  std::string raw;
  for (const float value : values) {
    raw.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  return raw;
}

// WeightParams of `count` zeros as packed floats.
inline ProtoWriter weights(size_t count) {
  return ProtoWriter().bytes(1, std::string(count * sizeof(float), '\0'));
}

inline ProtoWriter list(uint32_t field, std::initializer_list<int64_t> values) {
  return ProtoWriter().packed(field, std::span(values.begin(), values.size()));
}

using Words = std::vector<std::string>;

inline ProtoWriter layer(uint32_t kind, std::string_view name, const Words& inputs,
                         const Words& outputs, const ProtoWriter& parameters = {}) {
  ProtoWriter message;
  message.bytes(1, name);
  for (const std::string& each : inputs) message.bytes(2, each);
  for (const std::string& each : outputs) message.bytes(3, each);
  message.message(kind, parameters);
  return message;
}

inline ProtoWriter network(std::initializer_list<ProtoWriter> layers) {
  ProtoWriter message;
  for (const ProtoWriter& each : layers) message.message(1, each);
  return message;
}

inline Feature array_feature(std::string name, Shape shape) {
  Feature feature;
  feature.name = std::move(name);
  feature.kind = FeatureKind::array;
  feature.tensor = {DataType::fp32, true, std::move(shape)};
  return feature;
}

struct ReadNetwork {
  std::unique_ptr<const std::string> bytes;  // what constants point into
  Function function;
  std::vector<Oddity> oddities;

  const Operation& operation(size_t index = 0) const { return function.body.operations.at(index); }
  bool has(const char* argument) const { return operation().argument(argument) != nullptr; }
  std::vector<int64_t> integers(const char* argument) const {
    const Constant* constant = function.constant(operation(), argument);
    return constant == nullptr ? std::vector<int64_t>{-999} : models::integers(*constant).value();
  }
  int64_t integer(const char* argument) const { return integers(argument).at(0); }
  double number(const char* argument) const {
    const Constant* constant = function.constant(operation(), argument);
    return constant == nullptr ? -999 : models::number(*constant).value();
  }
  std::string text(const char* argument) const {
    const Constant* constant = function.constant(operation(), argument);
    return constant == nullptr ? "(none)" : models::text(*constant).value();
  }
  Shape shape(const char* argument) const {
    const Value* value = function.value(operation(), argument);
    return value == nullptr ? Shape{-999} : value->type.tensor.shape;
  }
  std::string reads(const char* argument) const {  // names of the values
    const Argument* found = operation().argument(argument);
    std::string names;
    if (found == nullptr) return "(none)";
    for (const ValueId id : found->values) names += function.values[id].name + " ";
    return names.substr(0, names.empty() ? 0 : names.size() - 1);
  }
};

struct Limits {
  unsigned depth = 100;
  uint64_t operations = 1000;
  uint64_t values = 100000;
};

inline ReadNetwork read(const ProtoWriter& message, const Interface& interface = {},
                        Limits limits = {}) {
  ReadNetwork result;
  result.bytes = std::make_unique<const std::string>(message.bytes());
  LayerContext context{limits.depth, limits.operations, limits.values, result.oddities};
  result.function = read_neural_network(as_message(*result.bytes), interface, context);
  return result;
}

// One layer that reads x (and y, z, ...) and writes `out`, in a network with such inputs.
inline ReadNetwork read_layer(uint32_t kind, const ProtoWriter& parameters, size_t inputs = 1,
                              const Words& outputs = {"out"}) {
  Interface interface;
  Words names;
  for (size_t i = 0; i < inputs; ++i) {
    names.push_back(i < 3 ? std::string(1, static_cast<char>('x' + i)) : "w" + std::to_string(i));
    interface.inputs.push_back(array_feature(names.back(), {8, 6, 6}));
  }
  return read(network({layer(kind, "the layer", names, outputs, parameters)}), interface);
}

}  // namespace anemon::models::test
