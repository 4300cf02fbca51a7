#include "models/read/espresso.h"

#include <nlohmann/json.hpp>
#include <system_error>
#include <unordered_map>
#include <unordered_set>

#include "core/utf8.h"
#include "models/read/bounded_json.h"

namespace anemon::models {
namespace {

using Json = nlohmann::json;

constexpr size_t kMostBytes = 16 << 20;
constexpr size_t kNameBytes = 1000;

using Shapes = std::unordered_map<std::string, Shape>;

int64_t extent(const Json& json, const char* key) {
  const auto found = json.find(key);
  if (found == json.end()) return 1;
  return found->is_number_integer() && found->get<int64_t>() >= 0 ? found->get<int64_t>()
                                                                  : kAnyExtent;
}

Shapes read_shapes(const std::filesystem::path& file, Budget& budget, OddityLog& oddities) {
  Shapes shapes;
  std::error_code ignored;
  if (!std::filesystem::exists(file, ignored)) return shapes;
  try {
    const Json json = read_bounded_json(file, kMostBytes, budget);
    const auto list = json.is_object() ? json.find("layer_shapes") : json.end();
    if (list == json.end() || !list->is_object()) return shapes;
    for (const auto& [name, each] : list->items()) {
      budget.take_values();
      if (!each.is_object()) continue;
      shapes[to_clean_utf8(name, kNameBytes)] = {extent(each, "seq"), extent(each, "n"),
                                                 extent(each, "k"), extent(each, "h"),
                                                 extent(each, "w")};
    }
  } catch (const WireError&) {
    throw;
  } catch (const Error& error) {
    oddities.note(Oddity::Kind::other, "shapes", error.what());
  }
  return shapes;
}

// "a,b" as it lists what a layer takes or gives.
std::vector<std::string> split_names(const std::string& list) {
  std::vector<std::string> names;
  for (size_t begin = 0; begin < list.size();) {
    const size_t end = std::min(list.find(',', begin), list.size());
    if (end > begin) names.push_back(list.substr(begin, end - begin));
    begin = end + 1;
  }
  return names;
}

class NetworkBuilder {
 public:
  NetworkBuilder(Shapes shapes, Budget& budget) : shapes_(std::move(shapes)), budget_(budget) {
    function_.name = "main";
    function_.old_network = true;
  }

  void add(const Json& layer) {
    budget_.take_operation();
    Operation operation;
    operation.layer = to_clean_utf8(json_text(layer, "type"), kNameBytes);
    operation.type = "espresso." + operation.layer;
    operation.name = to_clean_utf8(json_text(layer, "name"), kNameBytes);
    Argument inputs{"x", {}};
    for (const std::string& name : split_names(json_text(layer, "bottom"))) {
      inputs.values.push_back(use(name));
    }
    if (!inputs.values.empty()) operation.arguments.push_back(std::move(inputs));
    for (const std::string& name : split_names(json_text(layer, "top"))) {
      operation.results.push_back(define(name));
      unused_.insert(operation.results.back());
    }
    const auto attributes = layer.find("attributes");
    if (attributes != layer.end() && json_text(*attributes, "is_output") == "1") {
      for (const ValueId id : operation.results) function_.body.outputs.push_back(id);
    }
    function_.body.operations.push_back(std::move(operation));
  }

  // Outputs are what the file marks as such, else what no layer uses.
  Function take() {
    if (function_.body.outputs.empty()) {
      function_.body.outputs.assign(unused_.begin(), unused_.end());
      std::sort(function_.body.outputs.begin(), function_.body.outputs.end());
    }
    return std::move(function_);
  }

 private:
  ValueId define(const std::string& name) {
    budget_.take_values();
    Value value;
    value.name = name;
    const auto shape = shapes_.find(name);
    value.type.tensor.ranked = shape != shapes_.end();
    if (value.type.tensor.ranked) value.type.tensor.shape = shape->second;
    function_.values.push_back(std::move(value));
    const auto id = static_cast<ValueId>(function_.values.size() - 1);
    ids_[name] = id;
    return id;
  }

  // What nothing before it gives is an input.
  ValueId use(const std::string& name) {
    const auto known = ids_.find(name);
    if (known != ids_.end()) {
      unused_.erase(known->second);
      return known->second;
    }
    const ValueId id = define(name);
    function_.body.inputs.push_back(id);
    return id;
  }

  Shapes shapes_;
  Budget& budget_;
  Function function_;
  std::unordered_map<std::string, ValueId> ids_;
  std::unordered_set<ValueId> unused_;
};

}  // namespace

Function read_espresso(const std::filesystem::path& net, const std::filesystem::path& shapes,
                       Budget& budget, OddityLog& oddities) {
  const Json json = read_bounded_json(net, kMostBytes, budget);
  const std::vector<Json>& layers = json_array(json, "layers");
  if (layers.empty()) throw Error(net.string() + ": has no layers");
  NetworkBuilder builder(read_shapes(shapes, budget, oddities), budget);
  for (const Json& layer : layers) {
    if (layer.is_object()) builder.add(layer);
  }
  return builder.take();
}

}  // namespace anemon::models
