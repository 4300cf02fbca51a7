#include "models/read/compiled_metadata.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "core/utf8.h"
#include "models/read/bounded_json.h"
#include "models/read/feature.h"

namespace anemon::models {
namespace {

using Json = nlohmann::json;

constexpr size_t kMostBytes = 16 << 20;
constexpr size_t kNameBytes = 1000;
constexpr std::string_view kKindPrefix = "MLModelType_";

constexpr std::array<std::pair<std::string_view, FeatureKind>, 8> kKinds = {{
    {"MultiArray", FeatureKind::array},
    {"Image", FeatureKind::image},
    {"Dictionary", FeatureKind::dictionary},
    {"Sequence", FeatureKind::sequence},
    {"Int64", FeatureKind::integer},
    {"Double", FeatureKind::number},
    {"String", FeatureKind::string},
    {"State", FeatureKind::state},
}};

constexpr std::array<std::pair<std::string_view, DataType>, 8> kElements = {{
    {"Float16", DataType::fp16},
    {"Float32", DataType::fp32},
    {"Double", DataType::fp64},
    {"Float64", DataType::fp64},
    {"Int8", DataType::int8},
    {"Int32", DataType::int32},
    {"Int64", DataType::int64},
    {"String", DataType::string},
}};

template <typename Value, size_t kSize>
Value look_up(const std::array<std::pair<std::string_view, Value>, kSize>& table,
              std::string_view word) {
  const auto found =
      std::find_if(table.begin(), table.end(), [&](const auto& row) { return row.first == word; });
  return found == table.end() ? Value::unknown : found->second;
}

// "[1, 3]" and "[[1, 1], [2, 512]]" as rows; a plain list is one row.
std::vector<Shape> read_rows(const std::string& text, Budget& budget) {
  std::vector<Shape> rows;
  bool open = false;
  for (const char* at = text.c_str(); *at != '\0';) {
    if (*at == '[') {
      open = true;
      rows.emplace_back();
    } else if (*at == ']') {
      open = false;
    } else if (open && (*at == '-' || (*at >= '0' && *at <= '9'))) {
      char* end = nullptr;
      const long long extent = std::strtoll(at, &end, 10);
      budget.take_values();
      rows.back().push_back(std::max<int64_t>(extent, kAnyExtent));
      at = std::max<const char*>(end, at + 1);
      continue;
    }
    ++at;
  }
  std::erase_if(rows, [](const Shape& row) { return row.empty(); });
  return rows;
}

std::vector<ExtentRange> read_ranges(const std::string& text, Budget& budget) {
  std::vector<ExtentRange> ranges;
  for (const Shape& row : read_rows(text, budget)) {
    ranges.push_back({row.front(), row.size() > 1 ? row[1] : row.front()});
  }
  return ranges;
}

void read_array(const Json& json, Feature& feature, Budget& budget) {
  feature.tensor.dtype = look_up(kElements, json_text(json, "dataType"));
  const std::vector<Shape> shape = read_rows(json_text(json, "shape"), budget);
  if (!shape.empty()) feature.tensor.shape = shape.front();
  feature.enumerated = read_rows(json_text(json, "enumeratedShapes"), budget);
  feature.ranges = read_ranges(json_text(json, "shapeRange"), budget);
}

std::string color_space(const std::string& word) {
  std::string name;
  for (const char c : word) {
    if (c != ' ' && c != '_') name += static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  }
  return name == "GRAYSCALEFLOAT16" ? "GRAYSCALE_FLOAT16" : name;
}

// Sizes are written as width, height.
void read_image(const Json& json, Feature& feature, Budget& budget) {
  feature.color_space = color_space(json_text(json, "colorspace"));
  const int64_t channels = feature.color_space.starts_with("GRAYSCALE") ? 1 : 3;
  feature.tensor.dtype =
      feature.color_space == "GRAYSCALE_FLOAT16" ? DataType::fp16 : DataType::uint8;
  const auto size = [&](const char* key) {
    return std::strtoll(json_text(json, key).c_str(), nullptr, 10);
  };
  feature.tensor.shape = {channels, size("height"), size("width")};
  for (const Shape& each : read_rows(json_text(json, "enumeratedSizes"), budget)) {
    if (each.size() == 2) feature.enumerated.push_back({channels, each[1], each[0]});
  }
  const std::vector<ExtentRange> range = read_ranges(json_text(json, "sizeRange"), budget);
  if (range.size() == 2) feature.ranges = {{channels, channels}, range[1], range[0]};
}

Feature read_feature(const Json& json, Budget& budget, OddityLog& oddities) {
  Feature feature;
  feature.name = to_clean_utf8(json_text(json, "name"), kNameBytes);
  feature.description = json_text(json, "shortDescription");
  feature.optional = json_text(json, "isOptional") == "1";
  feature.kind = look_up(kKinds, json_text(json, "type"));
  switch (feature.kind) {
    case FeatureKind::array:
    case FeatureKind::state:
      read_array(json, feature, budget);
      settle_flexibility(feature, oddities);
      break;
    case FeatureKind::image:
      read_image(json, feature, budget);
      settle_flexibility(feature, oddities);
      break;
    case FeatureKind::dictionary:
      feature.tensor.dtype = look_up(kElements, json_text(json, "keyType"));
      break;
    case FeatureKind::sequence:
      feature.tensor.dtype = look_up(kElements, json_text(json, "valueType"));
      break;
    case FeatureKind::integer:
      feature.tensor.dtype = DataType::int64;
      break;
    case FeatureKind::number:
      feature.tensor.dtype = DataType::fp64;
      break;
    case FeatureKind::string:
      feature.tensor.dtype = DataType::string;
      break;
    case FeatureKind::unknown:
      break;
  }
  return feature;
}

Interface read_interface(const Json& json, Budget& budget, OddityLog& oddities) {
  Interface interface;
  const auto read = [&](const char* key, std::vector<Feature>& list) {
    for (const Json& each : json_array(json, key)) {
      budget.take_values();
      list.push_back(read_feature(each, budget, oddities));
    }
  };
  read("inputSchema", interface.inputs);
  read("outputSchema", interface.outputs);
  read("stateSchema", interface.states);
  return interface;
}

constexpr std::array<std::pair<const char*, const char*>, 6> kMetadata = {{
    {"shortDescription", "description"},
    {"version", "version"},
    {"author", "author"},
    {"license", "license"},
    {"computePrecision", "computePrecision"},
    {"storagePrecision", "storagePrecision"},
}};

void read_texts(const Json& json, std::map<std::string, std::string>& metadata, Budget& budget) {
  for (const auto& [written, name] : kMetadata) {
    if (std::string text = json_text(json, written); !text.empty()) metadata[name] = text;
  }
  const auto own = json.find("userDefinedMetadata");
  if (own == json.end() || !own->is_object()) return;
  for (const auto& [key, value] : own->items()) {
    budget.take_values();
    std::string text = json_text(*own, key.c_str());
    if (!text.empty()) metadata[to_clean_utf8(key, kNameBytes)] = std::move(text);
  }
}

}  // namespace

CompiledMetadata read_compiled_metadata(const std::filesystem::path& file, Budget& budget,
                                        OddityLog& oddities) {
  const Json list = read_bounded_json(file, kMostBytes, budget);
  const Json& json = list.is_array() && !list.empty() ? list.front() : list;
  if (!json.is_object()) throw Error(file.string() + ": not the metadata of a model");
  CompiledMetadata result;
  if (const auto type = json.find("modelType"); type != json.end()) {
    std::string kind = json_text(*type, "name");
    if (kind.starts_with(kKindPrefix)) kind.erase(0, kKindPrefix.size());
    result.kind = to_clean_utf8(kind, kNameBytes);
  }
  const long version = std::strtol(json_text(json, "specificationVersion").c_str(), nullptr, 10);
  result.specification_version = static_cast<int>(std::clamp(version, 0L, 1'000'000L));
  result.updatable = json_text(json, "isUpdatable") == "1";
  Description& description = result.description;
  description.interface = read_interface(json, budget, oddities);
  for (const Json& function : json_array(json, "functions")) {
    Interface interface = read_interface(function, budget, oddities);
    interface.function = to_clean_utf8(json_text(function, "name"), kNameBytes);
    description.functions.push_back(std::move(interface));
  }
  description.default_function = to_clean_utf8(json_text(json, "defaultFunctionName"), kNameBytes);
  read_texts(json, description.metadata, budget);
  return result;
}

}  // namespace anemon::models
