#include "models/analysis/weights.h"

#include <algorithm>
#include <array>
#include <set>
#include <string_view>

namespace anemon::models {
namespace {

// Arguments of constexpr_* that describe the tensor rather than hold it.
constexpr std::array<std::string_view, 5> kDescribing = {"axis", "vector_axis", "shape",
                                                         "output_dtype", "name"};

bool describes(std::string_view argument) {
  return std::find(kDescribing.begin(), kDescribing.end(), argument) != kDescribing.end();
}

}  // namespace

bool is_constant_operation(const Operation& operation) {
  return operation.type == "const" || is_constant_expression(operation);
}

bool is_weight(const Constant& constant) {
  if (constant.blob || constant.quantization) return true;
  return is_float(constant.type.dtype) && !constant.type.shape.empty();
}

WeightIndex::WeightIndex(const Function& function, std::span<const ValueType> types)
    : function_(&function),
      types_(types),
      unpacked_by_(function.values.size()),
      constant_(function.values.size()) {
  for (size_t id = 0; id < function.values.size(); ++id) {
    constant_[id] = function.values[id].constant.has_value();
  }
  index(function.body);
}

void WeightIndex::index(const Block& block) {
  for (const Operation& operation : block.operations) {
    for (const Block& nested : operation.blocks) index(nested);
    if (!is_constant_operation(operation)) continue;
    for (const ValueId result : operation.results) {
      constant_[result] = true;
      if (is_constant_expression(operation)) unpacked_by_[result] = &operation;
    }
  }
}

bool WeightIndex::is_constant(ValueId value) const { return constant_[value]; }

std::vector<Weight> WeightIndex::of(const Operation& operation) const {
  std::vector<Weight> weights;
  if (is_constant_operation(operation)) return weights;
  std::set<ValueId> seen;
  for (const Argument& argument : operation.arguments) {
    for (const ValueId id : argument.values) {
      const std::optional<Constant>& constant = function_->values[id].constant;
      const bool direct = constant && is_weight(*constant);
      if ((!direct && unpacked_by_[id] == nullptr) || !seen.insert(id).second) continue;
      weights.push_back({id, direct ? constant->type : types_[id].tensor, parts_of(id)});
    }
  }
  return weights;
}

std::vector<const Constant*> WeightIndex::parts_of(ValueId value) const {
  std::set<ValueId> reached = {value};
  std::vector<ValueId> open = {value};
  std::vector<const Constant*> parts;
  while (!open.empty()) {
    const ValueId next = open.back();
    open.pop_back();
    if (const std::optional<Constant>& constant = function_->values[next].constant) {
      parts.push_back(&*constant);
    } else if (unpacked_by_[next] != nullptr) {  // joint compression chains two
      for (const Argument& argument : unpacked_by_[next]->arguments) {
        if (describes(argument.name)) continue;
        for (const ValueId id : argument.values) {
          if (reached.insert(id).second) open.push_back(id);
        }
      }
    }
  }
  return parts;
}

}  // namespace anemon::models
