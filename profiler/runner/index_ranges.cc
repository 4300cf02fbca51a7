#include "profiler/runner/index_ranges.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <string_view>

namespace anemon::profiler {
namespace {

using models::Function;
using models::Operation;
using models::ValueId;

// What hands its `x` on element by element, in another shape or type at most.
bool hands_on(std::string_view type) {
  constexpr std::string_view kTypes[] = {
      "cast",           "expand_dims",   "identity", "reshape", "reshape_like",
      "slice_by_index", "slice_by_size", "squeeze",  "tile",    "transpose"};
  return std::find(std::begin(kTypes), std::end(kTypes), type) != std::end(kTypes);
}

std::optional<ValueId> argument(const Operation& operation, std::string_view name) {
  const models::Argument* found = operation.argument(name);
  if (found == nullptr || found->values.empty()) return std::nullopt;
  return found->values[0];
}

std::optional<int64_t> integer(const Function& function, const Operation& operation,
                               std::string_view name) {
  const models::Constant* constant = function.constant(operation, name);
  return constant != nullptr ? models::integer(*constant) : std::nullopt;
}

// Rows of what the operation looks up in, and the argument that says which.
struct Lookup {
  std::optional<ValueId> indices;
  int64_t rows = 0;
};

Lookup lookup(const Function& function, const Operation& operation) {
  if (operation.type == "one_hot") {
    return {argument(operation, "indices"),
            integer(function, operation, "one_hot_vector_size").value_or(0)};
  }
  if (operation.type == "embedding") {  // old networks: rows of the matrix are the vocabulary
    const models::Value* weight = function.value(operation, "weight");
    const models::Shape shape = weight != nullptr ? weight->type.tensor.shape : models::Shape();
    return {argument(operation, "x"), shape.size() == 2 ? shape[1] : 0};
  }
  if (operation.type != "gather" && operation.type != "gather_along_axis") return {};
  const models::Value* table = function.value(operation, "x");
  if (table == nullptr) return {};
  const models::Shape& shape = table->type.tensor.shape;
  const auto rank = static_cast<int64_t>(shape.size());
  int64_t axis = integer(function, operation, "axis").value_or(0);
  if (axis < 0) axis += rank;
  if (axis < 0 || axis >= rank) return {};
  return {argument(operation, "indices"), shape[static_cast<size_t>(axis)]};
}

}  // namespace

std::map<std::string, IndexRange> index_ranges(const models::Model& model,
                                               const std::string& name) {
  std::map<std::string, IndexRange> ranges;
  const auto function =
      std::find_if(model.functions.begin(), model.functions.end(),
                   [&](const Function& each) { return name.empty() || each.name == name; });
  if (function == model.functions.end()) return ranges;
  std::map<ValueId, ValueId> origin;  // of what is an input handed on
  for (const ValueId input : function->body.inputs) origin[input] = input;
  for (const Operation& operation : function->body.operations) {
    const Lookup found = lookup(*function, operation);
    if (found.indices && found.rows > 0) {
      const auto input = origin.find(*found.indices);
      if (input == origin.end()) continue;
      IndexRange& range = ranges[function->values[input->second].name];
      if (range.rows == 0 || found.rows < range.rows) range = {found.rows, operation.name};
    } else if (hands_on(operation.type) && !operation.results.empty()) {
      const auto from = argument(operation, "x");
      const auto input = from ? origin.find(*from) : origin.end();
      if (input != origin.end()) origin[operation.results[0]] = input->second;
    }
  }
  return ranges;
}

}  // namespace anemon::profiler
