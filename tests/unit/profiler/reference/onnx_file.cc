#include "tests/unit/profiler/reference/onnx_file.h"

#include <cstring>
#include <fstream>
#include <iterator>

#include "models/graph/constant.h"
#include "models/read/wire.h"

namespace anemon::profiler::reference::test {

using models::Bytes;
using models::DataType;
using models::WireReader;

namespace {

std::vector<std::byte> contents(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  const std::string text((std::istreambuf_iterator<char>(stream)), {});
  std::vector<std::byte> bytes(text.size());
  std::memcpy(bytes.data(), text.data(), text.size());
  return bytes;
}

DataType type_of(int64_t number) {
  switch (number) {
    case 1:
      return DataType::fp32;
    case 2:
      return DataType::uint8;
    case 3:
      return DataType::int8;
    case 6:
      return DataType::int32;
    case 7:
      return DataType::int64;
    case 9:
      return DataType::boolean;
    case 10:
      return DataType::fp16;
    case 11:
      return DataType::fp64;
    default:
      return DataType::unknown;
  }
}

OnnxTensor read_tensor(Bytes message) {
  constexpr size_t kMost = 10'000'000;
  OnnxTensor tensor;
  Bytes raw;
  std::vector<float> floats;
  std::vector<int64_t> integers;
  for (WireReader reader(message, "TensorProto"); auto field = reader.next();) {
    if (field->number == 1) field->append_to(tensor.type.shape, 64);
    if (field->number == 2) tensor.type.dtype = type_of(field->int64());
    if (field->number == 4) field->append_to(floats, kMost);
    if (field->number == 5 || field->number == 7) field->append_to(integers, kMost);
    if (field->number == 8) tensor.name = field->text();
    if (field->number == 9) raw = field->message();
    if (field->number == 10) field->append_to(tensor.elements, kMost);
  }
  tensor.elements.insert(tensor.elements.end(), floats.begin(), floats.end());
  tensor.elements.insert(tensor.elements.end(), integers.begin(), integers.end());
  if (!raw.empty() && tensor.type.dtype != DataType::unknown) {
    models::Constant constant;
    constant.type = tensor.type;
    constant.data = raw;
    tensor.elements = models::numbers(constant, kMost).value_or(std::vector<double>());
  }
  return tensor;
}

OnnxNode read_node(Bytes message) {
  OnnxNode node;
  for (WireReader reader(message, "NodeProto"); auto field = reader.next();) {
    if (field->number == 1) node.inputs.emplace_back(field->text());
    if (field->number == 2) node.outputs.emplace_back(field->text());
    if (field->number == 4) node.type = field->text();
    if (field->number != 5) continue;
    std::string name;
    OnnxAttribute attribute;
    std::vector<float> numbers;
    for (WireReader part(field->message(), "AttributeProto"); auto inside = part.next();) {
      if (inside->number == 1) name = inside->text();
      if (inside->number == 2) attribute.number = static_cast<double>(inside->float32());
      if (inside->number == 3) attribute.integer = inside->int64();
      if (inside->number == 4) attribute.text = inside->text();
      if (inside->number == 5) attribute.tensor = read_tensor(inside->message());
      if (inside->number == 7) inside->append_to(numbers, 65536);
      if (inside->number == 8) inside->append_to(attribute.integers, 65536);
    }
    attribute.numbers.assign(numbers.begin(), numbers.end());
    node.attributes.emplace(std::move(name), std::move(attribute));
  }
  return node;
}

std::string name_in(Bytes message) {
  for (WireReader reader(message, "ValueInfoProto"); auto field = reader.next();) {
    if (field->number == 1) return std::string(field->text());
  }
  return {};
}

}  // namespace

OnnxGraph read_onnx_graph(const std::filesystem::path& file) {
  const std::vector<std::byte> bytes = contents(file);
  OnnxGraph graph;
  for (WireReader reader(bytes, "ModelProto"); auto field = reader.next();) {
    if (field->number == 8) {
      for (WireReader part(field->message(), "OperatorSetId"); auto inside = part.next();) {
        if (inside->number == 2) graph.opset = inside->int64();
      }
    }
    if (field->number != 7) continue;
    for (WireReader part(field->message(), "GraphProto"); auto inside = part.next();) {
      if (inside->number == 1) graph.nodes.push_back(read_node(inside->message()));
      if (inside->number == 5) graph.initializers.push_back(read_tensor(inside->message()));
      if (inside->number == 11) graph.inputs.push_back(name_in(inside->message()));
      if (inside->number == 12) graph.outputs.push_back(name_in(inside->message()));
    }
  }
  std::erase_if(graph.inputs, [&](const std::string& name) {
    for (const OnnxTensor& each : graph.initializers) {
      if (each.name == name) return true;
    }
    return false;
  });
  return graph;
}

OnnxTensor read_onnx_tensor(const std::filesystem::path& file) {
  OnnxTensor tensor = read_tensor(contents(file));
  // Sequences and optional values are other messages; what is read of them fits no shape.
  if (element_count(tensor.type) != tensor.elements.size()) tensor.type.dtype = DataType::unknown;
  return tensor;
}

}  // namespace anemon::profiler::reference::test
