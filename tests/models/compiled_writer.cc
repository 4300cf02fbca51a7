#include "tests/models/compiled_writer.h"

#include <fmt/format.h>

#include <cstring>

#include "models/read/model_kinds.h"
#include "models/read/wire.h"

namespace anemon::models::test {
namespace {

template <typename T>
void put(std::string& bytes, T value) {
  char raw[sizeof value];
  std::memcpy(raw, &value, sizeof value);
  bytes.append(raw, sizeof value);
}

void put_counted(std::string& bytes, std::string_view text) {
  put(bytes, uint64_t{text.size()});
  bytes += text;
}

std::string list(const Shape& shape) {
  std::string text;
  for (const int64_t extent : shape) text += (text.empty() ? "" : ", ") + std::to_string(extent);
  return "[" + text + "]";
}

std::string pairs(const std::vector<Shape>& rows) {
  std::string text;
  for (const Shape& row : rows) text += (text.empty() ? "" : ", ") + list(row);
  return "[" + text + "]";
}

std::string element_name(DataType dtype) {
  switch (dtype) {
    case DataType::fp16:
      return "Float16";
    case DataType::fp64:
      return "Double";
    case DataType::int32:
      return "Int32";
    case DataType::int8:
      return "Int8";
    default:
      return "Float32";
  }
}

std::string member(std::string_view key, std::string_view value) {
  return fmt::format(", \"{}\" : \"{}\"", key, value);
}

// Sizes of images are written as width, height.
std::string image_members(const Feature& feature) {
  const Shape& shape = feature.tensor.shape;
  std::string text =
      member("width", std::to_string(shape.at(2))) + member("height", std::to_string(shape.at(1))) +
      member("colorspace",
             feature.color_space == "GRAYSCALE" ? std::string("Grayscale") : feature.color_space);
  std::vector<Shape> rows;
  for (const Shape& each : feature.enumerated) rows.push_back({each.at(2), each.at(1)});
  if (!rows.empty()) text += member("enumeratedSizes", pairs(rows));
  rows.clear();
  for (const size_t i : {2, 1}) {
    if (feature.ranges.empty()) break;
    rows.push_back({feature.ranges.at(i).lower, feature.ranges.at(i).upper});
  }
  return rows.empty() ? text : text + member("sizeRange", pairs(rows));
}

std::string array_members(const Feature& feature) {
  std::string text = member("dataType", element_name(feature.tensor.dtype)) +
                     member("shape", list(feature.tensor.shape));
  if (!feature.enumerated.empty()) text += member("enumeratedShapes", pairs(feature.enumerated));
  std::vector<Shape> rows;
  for (const ExtentRange& range : feature.ranges) rows.push_back({range.lower, range.upper});
  return rows.empty() ? text : text + member("shapeRange", pairs(rows));
}

std::string feature_json(const Feature& feature) {
  std::string text =
      fmt::format("{{\"name\" : \"{}\", \"shortDescription\" : \"{}\", \"isOptional\" : \"{}\"",
                  feature.name, feature.description, feature.optional ? 1 : 0);
  switch (feature.kind) {
    case FeatureKind::array:
      text += member("type", "MultiArray") + array_members(feature);
      break;
    case FeatureKind::state:
      text += member("type", "State") + array_members(feature);
      break;
    case FeatureKind::image:
      text += member("type", "Image") + image_members(feature);
      break;
    case FeatureKind::dictionary:
      text += member("type", "Dictionary") + member("keyType", "String");
      break;
    case FeatureKind::sequence:
      text += member("type", "Sequence") + member("valueType", "Int64");
      break;
    case FeatureKind::integer:
      text += member("type", "Int64");
      break;
    case FeatureKind::number:
      text += member("type", "Double");
      break;
    default:
      text += member("type", "String");
  }
  return text + "}";
}

std::string schema(std::string_view key, const std::vector<Feature>& features) {
  std::string text;
  for (const Feature& each : features) text += (text.empty() ? "" : ",\n") + feature_json(each);
  return fmt::format("\"{}\" : [{}],\n", key, text);
}

std::string schemas(const Interface& interface) {
  return schema("inputSchema", interface.inputs) + schema("outputSchema", interface.outputs) +
         schema("stateSchema", interface.states);
}

std::string description_bytes(const Model& model) {
  WeightWriter weights;
  const std::string message = model_message(model, weights).bytes();
  const auto* raw = reinterpret_cast<const std::byte*>(message.data());
  for (WireReader reader({raw, message.size()}, "Model"); auto field = reader.next();) {
    if (field->number == 2) return std::string(field->text());
  }
  return {};
}

uint32_t number_of(const std::string& kind) {
  for (uint32_t number = 0; number < 4000; ++number) {
    if (model_kind(number) == kind) return number;
  }
  return 0;
}

}  // namespace

std::string metadata_json(const Model& model) {
  std::string text = "[{\n" + schemas(model.interface);
  if (!model.interfaces.empty()) {
    std::string functions;
    for (const Interface& each : model.interfaces) {
      functions += (functions.empty() ? "" : ",\n") + std::string("{") + schemas(each) +
                   fmt::format("\"name\" : \"{}\"}}", each.function);
    }
    text += fmt::format("\"functions\" : [{}],\n\"defaultFunctionName\" : \"{}\",\n", functions,
                        model.interface.function);
  }
  std::string own;
  for (const auto& [key, value] : model.metadata) {
    own += fmt::format("{}\"{}\" : \"{}\"", own.empty() ? "" : ", ", key, value);
  }
  return text + fmt::format(
                    "\"specificationVersion\" : {},\n\"isUpdatable\" : \"{}\",\n"
                    "\"modelType\" : {{\"name\" : \"MLModelType_{}\"}},\n\"userDefinedMetadata\" : "
                    "{{{}}}\n}}]\n",
                    model.specification_version, model.updatable ? 1 : 0, model.kind, own);
}

std::string container_bytes(const Model& model) {
  std::string bytes;
  put(bytes, number_of(model.kind));
  bytes += std::string(24, '\0');
  put_counted(bytes, "generic");
  put(bytes, static_cast<uint32_t>(model.specification_version));
  bytes += std::string(28, '\0');
  put_counted(bytes, description_bytes(model));
  put(bytes, number_of(model.kind));
  return bytes + std::string(12, '\0');
}

void write_compiled(const std::filesystem::path& folder, const Model& model,
                    CompiledOptions options) {
  if (options.metadata) write_bytes(folder / "metadata.json", metadata_json(model));
  if (options.container) write_bytes(folder / "coremldata.bin", container_bytes(model));
  if (!model.members.empty()) {
    std::string names;
    put(names, uint64_t{model.members.size()});
    for (size_t i = 0; i < model.members.size(); ++i) {
      put_counted(names, model.members[i].name);
      write_compiled(folder / ("model" + std::to_string(i)), model.members[i], options);
    }
    write_bytes(folder / "modelNames" / "coremldata.bin", names);
    return;
  }
  WeightWriter weights;
  write_bytes(folder / "model.mil", mil_text(model.functions, weights, options.dialect));
  if (!options.weights) return;
  for (const auto& [name, file] : weights.files) {
    write_bytes(folder / name.substr(std::string_view("@model_path/").size()), file.bytes());
  }
}

}  // namespace anemon::models::test
