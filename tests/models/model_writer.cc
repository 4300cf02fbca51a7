#include "tests/models/model_writer.h"

#include <algorithm>
#include <fstream>
#include <optional>
#include <stdexcept>
#include <vector>

namespace anemon::models::test {
namespace {

template <typename T>
void put(std::string& bytes, T value) {
  char raw[sizeof value];
  std::memcpy(raw, &value, sizeof value);
  bytes.append(raw, sizeof value);
}

void pad(std::string& bytes) { bytes.resize((bytes.size() + 63) / 64 * 64, '\0'); }

template <typename Number, typename Of>
std::optional<int64_t> number_of(Number limit, DataType dtype, Of of) {
  for (Number number = 0; number < limit; ++number) {
    if (of(number) == dtype) return static_cast<int64_t>(number);
  }
  return std::nullopt;
}

int64_t mil_number(DataType dtype) {
  return number_of<uint64_t>(64, dtype, data_type_of_mil).value_or(0);
}

int64_t array_number(DataType dtype) {
  for (const uint64_t number : {65552, 65568, 65600, 131080, 131104}) {
    if (data_type_of_array(number) == dtype) return static_cast<int64_t>(number);
  }
  return 0;
}

ProtoWriter tensor_message(const TensorType& type) {
  ProtoWriter message;
  message.integer(1, mil_number(type.dtype));
  message.integer(2, type.ranked ? static_cast<int64_t>(type.shape.size()) : -1);
  for (const int64_t extent : type.shape) {
    message.message(3, extent < 0 ? ProtoWriter().message(2, ProtoWriter())
                                  : ProtoWriter().message(1, ProtoWriter().integer(1, extent)));
  }
  return message;
}

ProtoWriter type_message(const ValueType& type) {
  const ProtoWriter tensor = ProtoWriter().message(1, tensor_message(type.tensor));
  switch (type.kind) {
    case ValueKind::tensor:
      return tensor;
    case ValueKind::list:
      return ProtoWriter().message(2, ProtoWriter().message(1, tensor));
    case ValueKind::tuple:
      return ProtoWriter().message(3, ProtoWriter().message(1, tensor));
    case ValueKind::dictionary:
      return ProtoWriter().message(4, ProtoWriter().message(1, tensor).message(2, tensor));
    case ValueKind::state:
      return ProtoWriter().message(5, ProtoWriter().message(1, tensor));
    case ValueKind::unknown:
      break;
  }
  return {};
}

// The field of TensorValue that holds elements of a type, as the format's authors write it.
ProtoWriter tensor_value(const Constant& constant) {
  ProtoWriter list;
  switch (constant.type.dtype) {
    case DataType::string:
      for (const std::string& text : constant.strings) list.bytes(1, text);
      return ProtoWriter().message(4, list);
    case DataType::fp32:
    case DataType::fp64: {
      const auto* raw = reinterpret_cast<const char*>(constant.data.data());
      list.bytes(1, {raw, constant.data.size()});
      return ProtoWriter().message(constant.type.dtype == DataType::fp32 ? 1 : 6, list);
    }
    case DataType::boolean:
    case DataType::int32:
    case DataType::uint32:
    case DataType::int64:
    case DataType::uint64: {
      list.packed(1, integers(constant, SIZE_MAX).value_or(std::vector<int64_t>{}));
      const bool is_long =
          constant.type.dtype == DataType::int64 || constant.type.dtype == DataType::uint64;
      return ProtoWriter().message(constant.type.dtype == DataType::boolean ? 3 : (is_long ? 5 : 2),
                                   list);
    }
    default: {
      const auto* raw = reinterpret_cast<const char*>(constant.data.data());
      return ProtoWriter().message(7, list.bytes(1, {raw, constant.data.size()}));
    }
  }
}

ProtoWriter value_message(const Constant& constant, WeightWriter& weights) {
  ProtoWriter value;
  value.message(2, type_message({ValueKind::tensor, constant.type}));
  if (constant.blob) {
    const BlobPlace place = weights.place(constant);
    return value.message(
        5, ProtoWriter().bytes(1, place.file).integer(2, static_cast<int64_t>(place.offset)));
  }
  return value.message(3, ProtoWriter().message(1, tensor_value(constant)));
}

ProtoWriter named_type(const Value& value) {
  return ProtoWriter().bytes(1, value.name).message(2, type_message(value.type));
}

ProtoWriter block_message(const Function& function, const Block& block, WeightWriter& weights);

ProtoWriter binding(const Value& value, WeightWriter& weights) {
  if (value.name.empty() && value.constant) {
    return ProtoWriter().message(2, value_message(*value.constant, weights));
  }
  return ProtoWriter().bytes(1, value.name);
}

ProtoWriter operation_message(const Function& function, const Operation& operation,
                              WeightWriter& weights) {
  const bool in_attributes = is_constant_expression(operation) &&
                             (function.opset == "CoreML6" || function.opset == "CoreML7");
  ProtoWriter message;
  message.bytes(1, operation.type);
  for (const Argument& argument : operation.arguments) {
    const Value& first = function.values.at(argument.values.at(0));
    if (in_attributes && first.constant && argument.values.size() == 1) {
      message.entry(5, argument.name, value_message(*first.constant, weights));
      continue;
    }
    ProtoWriter bindings;
    for (const ValueId id : argument.values) {
      bindings.message(1, binding(function.values.at(id), weights));
    }
    message.entry(2, argument.name, bindings);
  }
  for (const ValueId id : operation.results) {
    message.message(3, named_type(function.values.at(id)));
    if (operation.type == "const") {
      message.entry(5, "val", value_message(function.values.at(id).constant.value(), weights));
    }
  }
  for (const Block& block : operation.blocks) {
    message.message(4, block_message(function, block, weights));
  }
  if (!operation.name.empty()) {
    message.entry(5, "name", value_message(make_text(operation.name), weights));
  }
  return message;
}

ProtoWriter block_message(const Function& function, const Block& block, WeightWriter& weights) {
  ProtoWriter message;
  if (&block != &function.body) {  // a function states its own
    for (const ValueId id : block.inputs) message.message(1, named_type(function.values.at(id)));
  }
  for (const ValueId id : block.outputs) message.bytes(2, function.values.at(id).name);
  for (const Operation& operation : block.operations) {
    message.message(3, operation_message(function, operation, weights));
  }
  return message;
}

ProtoWriter size_range(const ExtentRange& range) {
  return ProtoWriter().integer(1, range.lower).integer(2, range.upper);
}

ProtoWriter array_message(const Feature& feature) {
  ProtoWriter message;
  message.packed(1, feature.tensor.shape);
  message.integer(2, array_number(feature.tensor.dtype));
  ProtoWriter flexible;
  for (const Shape& shape : feature.enumerated) {
    flexible.message(1, ProtoWriter().packed(1, shape));
  }
  if (!feature.enumerated.empty()) return message.message(21, flexible);
  for (const ExtentRange& range : feature.ranges) flexible.message(1, size_range(range));
  if (!feature.ranges.empty()) message.message(31, flexible);
  return message;
}

ProtoWriter image_message(const Feature& feature) {
  const Shape& shape = feature.tensor.shape;
  const int64_t color = feature.color_space == "RGB"         ? 20
                        : feature.color_space == "BGR"       ? 30
                        : feature.color_space == "GRAYSCALE" ? 10
                                                             : 40;
  ProtoWriter message;
  message.integer(1, shape.at(2)).integer(2, shape.at(1)).integer(3, color);
  ProtoWriter sizes;
  for (const Shape& each : feature.enumerated) {
    sizes.message(1, ProtoWriter().integer(1, each.at(2)).integer(2, each.at(1)));
  }
  if (!feature.enumerated.empty()) return message.message(21, sizes);
  if (!feature.ranges.empty()) {
    message.message(31, ProtoWriter()
                            .message(1, size_range(feature.ranges.at(2)))
                            .message(2, size_range(feature.ranges.at(1))));
  }
  return message;
}

// The lists of an interface at the numbers that its owner gives them.
void put_features(ProtoWriter& message, const Interface& interface, uint32_t input, uint32_t output,
                  uint32_t state) {
  for (const Feature& each : interface.inputs) message.message(input, feature_message(each));
  for (const Feature& each : interface.outputs) message.message(output, feature_message(each));
  for (const Feature& each : interface.states) message.message(state, feature_message(each));
}

ProtoWriter description_message(const Model& model) {
  ProtoWriter message;
  if (model.interfaces.empty()) put_features(message, model.interface, 1, 10, 13);
  for (const Interface& each : model.interfaces) {
    ProtoWriter function;
    function.bytes(1, each.function);
    put_features(function, each, 2, 3, 6);
    message.message(20, function);
  }
  if (!model.interfaces.empty()) message.bytes(21, model.interface.function);
  ProtoWriter metadata;
  for (const auto& [key, value] : model.metadata) metadata.entry(100, key, value);
  return message.message(100, metadata);
}

constexpr std::string_view kManifest = R"({
  "fileFormatVersion": "1.0.0",
  "itemInfoEntries": {
    "6E32AC61-0F5C-4A35-A00D-000000000001": {
      "author": "com.apple.CoreML", "description": "CoreML Model Specification",
      "name": "model.mlmodel", "path": "com.apple.CoreML/model.mlmodel"},
    "6E32AC61-0F5C-4A35-A00D-000000000002": {
      "author": "com.apple.CoreML", "description": "CoreML Model Weights",
      "name": "weights", "path": "com.apple.CoreML/weights"}},
  "rootModelIdentifier": "6E32AC61-0F5C-4A35-A00D-000000000001"
}
)";

}  // namespace

uint64_t BlobWriter::add(DataType dtype, std::span<const std::byte> data, uint64_t padding_bits) {
  const uint64_t offset = bytes_.size();
  put(bytes_, uint32_t{0xDEADBEEF});
  put(bytes_, static_cast<uint32_t>(number_of<uint32_t>(32, dtype, data_type_of_blob).value()));
  put(bytes_, uint64_t{data.size()});
  put(bytes_, uint64_t{offset + 64});
  put(bytes_, padding_bits);
  pad(bytes_);
  bytes_.append(reinterpret_cast<const char*>(data.data()), data.size());
  pad(bytes_);
  ++count_;
  return offset;
}

std::string BlobWriter::bytes() const {
  std::string head;
  put(head, count_);
  put(head, uint32_t{2});
  return head + bytes_.substr(head.size());
}

BlobPlace WeightWriter::place(const Constant& constant) {
  const auto& [name, wanted] = constant.blob.value();
  const auto [known, first] = written.try_emplace({name, wanted}, 0);
  if (first) {
    const uint64_t size = packed_bytes(constant.type).value();
    const std::vector<std::byte> zeros(constant.missing ? size : 0);
    const uint64_t bits = element_count(constant.type).value() * bits_of(constant.type.dtype);
    known->second = file(name).add(
        constant.type.dtype, constant.missing ? std::span<const std::byte>(zeros) : constant.data,
        8 * size - bits);
  }
  return {name, known->second};
}

ProtoWriter feature_message(const Feature& feature) {
  ProtoWriter type;
  switch (feature.kind) {
    case FeatureKind::integer:
      type.message(1, {});
      break;
    case FeatureKind::number:
      type.message(2, {});
      break;
    case FeatureKind::string:
      type.message(3, {});
      break;
    case FeatureKind::image:
      type.message(4, image_message(feature));
      break;
    case FeatureKind::array:
      type.message(5, array_message(feature));
      break;
    case FeatureKind::dictionary:
      type.message(6, ProtoWriter().message(2, {}));
      break;
    case FeatureKind::sequence:
      type.message(7, ProtoWriter().message(1, {}));
      break;
    case FeatureKind::state:
      type.message(8, ProtoWriter().message(1, array_message(feature)));
      break;
    case FeatureKind::unknown:
      break;
  }
  if (feature.optional) type.integer(1000, 1);
  return ProtoWriter().bytes(1, feature.name).bytes(2, feature.description).message(3, type);
}

ProtoWriter function_message(const Function& function, WeightWriter& weights) {
  ProtoWriter message;
  for (const ValueId id : function.body.inputs) {
    message.message(1, named_type(function.values.at(id)));
  }
  message.bytes(2, function.opset);
  return message.entry(3, function.opset, block_message(function, function.body, weights));
}

ProtoWriter model_message(const Model& model, WeightWriter& weights) {
  ProtoWriter message;
  message.integer(1, model.specification_version).message(2, description_message(model));
  if (model.updatable) message.integer(10, 1);
  if (model.kind == "mlProgram") {
    ProtoWriter program;
    program.integer(1, 1);
    for (const Function& function : model.functions) {
      program.entry(2, function.name, function_message(function, weights));
    }
    return message.message(502, program);
  }
  ProtoWriter pipeline;
  for (const Model& member : model.members) pipeline.message(1, model_message(member, weights));
  for (const Model& member : model.members) pipeline.bytes(2, member.name);
  if (model.kind == "pipeline") return message.message(202, pipeline);
  const ProtoWriter wrapped = ProtoWriter().message(1, pipeline);
  if (model.kind == "pipelineClassifier") return message.message(200, wrapped);
  if (model.kind == "pipelineRegressor") return message.message(201, wrapped);
  throw std::runtime_error("the writer knows no kind " + model.kind);
}

void write_bytes(const std::filesystem::path& file, std::string_view content) {
  if (file.has_parent_path()) std::filesystem::create_directories(file.parent_path());
  std::ofstream stream(file, std::ios::binary | std::ios::trunc);
  stream << content;
  if (!stream.flush()) throw std::runtime_error("cannot write " + file.string());
}

void write_package(const std::filesystem::path& package, const Model& model,
                   PackageOptions options) {
  WeightWriter weights;
  const ProtoWriter message = model_message(model, weights);
  write_package(package, message, weights, options);
}

void write_package(const std::filesystem::path& package, const ProtoWriter& message,
                   const WeightWriter& weights, PackageOptions options) {
  const std::filesystem::path folder = package / "Data" / "com.apple.CoreML";
  write_bytes(folder / "model.mlmodel", message.bytes());
  if (options.manifest) write_bytes(package / "Manifest.json", kManifest);
  if (!options.weights) return;
  for (const auto& [name, file] : weights.files) {
    write_bytes(folder / name.substr(std::string_view("@model_path/").size()), file.bytes());
  }
}

void write_mlmodel(const std::filesystem::path& file, const Model& model) {
  WeightWriter weights;
  write_bytes(file, model_message(model, weights).bytes());
}

}  // namespace anemon::models::test
