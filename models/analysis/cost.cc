#include "models/analysis/cost.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <string_view>

#include "models/analysis/count.h"

namespace anemon::models {
namespace {

// The operands that arithmetic is done on, where an operation has several; the rest follow in the
// file's order, which protobuf's maps leave to chance.
constexpr std::array<std::string_view, 5> kMainOperands = {"x", "query", "data", "values", "a"};

void add_saturating(uint64_t& sum, uint64_t number, bool& complete) {
  complete = complete && sum <= UINT64_MAX - number;
  sum = saturating_sum(sum, number);
}

void add_known(uint64_t& sum, std::optional<uint64_t> number, bool& complete) {
  if (number) {
    add_saturating(sum, *number, complete);
  } else {
    complete = false;
  }
}

}  // namespace

uint64_t OperationCost::flops() const {
  return saturating_sum(saturating_sum(macs, macs), vector_flops);
}

double OperationCost::arithmetic_intensity() const {
  const double bytes = static_cast<double>(weight_bytes_stored) + static_cast<double>(input_bytes) +
                       static_cast<double>(output_bytes);
  const double work = 2.0 * static_cast<double>(macs) + static_cast<double>(vector_flops);
  return bytes > 0 ? work / bytes : 0;
}

void add(OperationCost& sum, const OperationCost& cost) {
  for (uint64_t OperationCost::*number :
       {&OperationCost::macs, &OperationCost::vector_flops, &OperationCost::parameters,
        &OperationCost::weight_bytes_stored, &OperationCost::weight_bytes_computed,
        &OperationCost::input_bytes, &OperationCost::output_bytes, &OperationCost::padded_bytes}) {
    add_saturating(sum.*number, cost.*number, sum.complete);
  }
  sum.complete = sum.complete && cost.complete;
  if (sum.precision == DataType::unknown) sum.precision = cost.precision;
}

OperationCosts::OperationCosts(const Function& function, std::span<const ValueType> types,
                               const KnownElements* elements)
    : function_(&function), types_(types), elements_(elements), weights_(function, types) {}

OperationCost OperationCosts::of(const Operation& operation) const {
  OperationCost cost;
  if (operation.type == "const") return cost;
  const OperationKind* kind = find_operation_kind(operation.type);
  cost.complete = kind != nullptr && operation.type != "while_loop";
  if (kind != nullptr && kind->work != nullptr) {
    const std::optional<Work> work =
        kind->work(OperationView(*function_, operation, types_, elements_));
    cost.complete = cost.complete && work.has_value();
    cost.macs = work.value_or(Work{}).macs;
    cost.vector_flops = work.value_or(Work{}).vector_flops;
  }
  for (const Weight& weight : weights_.of(operation)) {
    add_known(cost.parameters, element_count(weight.type), cost.complete);
    add_known(cost.weight_bytes_computed, packed_bytes(weight.type), cost.complete);
    for (const Constant* part : weight.parts) {
      add_saturating(cost.weight_bytes_stored, part->stored_bytes(), cost.complete);
    }
  }
  cost.precision = precision(operation);
  if (!is_constant_expression(operation)) add_activations(operation, cost);
  return cost;
}

void OperationCosts::add_activations(const Operation& operation, OperationCost& cost) const {
  std::set<ValueId> seen;
  for (const Argument& argument : operation.arguments) {
    for (const ValueId id : argument.values) {
      if (weights_.is_constant(id) || !seen.insert(id).second) continue;
      add_activation(id, &OperationCost::input_bytes, cost);
    }
  }
  for (const ValueId id : operation.results) {
    add_activation(id, &OperationCost::output_bytes, cost);
  }
}

void OperationCosts::add_activation(ValueId value, uint64_t OperationCost::*bytes,
                                    OperationCost& cost) const {
  const ValueType& type = types_[value];
  if (type.kind == ValueKind::unknown) cost.complete = false;
  const bool stored = type.kind == ValueKind::tensor || type.kind == ValueKind::state;
  if (!stored || type.tensor.dtype == DataType::string) return;
  add_known(cost.*bytes, packed_bytes(type.tensor), cost.complete);
  add_known(cost.padded_bytes, padded_bytes(type.tensor), cost.complete);
}

DataType OperationCosts::precision(const Operation& operation) const {
  DataType otherwise = DataType::unknown;
  const auto first_float = [&](const std::vector<ValueId>& values) {
    for (const ValueId id : values) {
      const DataType dtype = types_[id].tensor.dtype;
      if (is_float(dtype)) return dtype;
      if (otherwise == DataType::unknown && is_integer(dtype) && !weights_.is_constant(id)) {
        otherwise = dtype;
      }
    }
    return DataType::unknown;
  };
  for (const std::string_view name : kMainOperands) {
    const Argument* argument = operation.argument(name);
    if (argument == nullptr) continue;
    if (const DataType dtype = first_float(argument->values); dtype != DataType::unknown) {
      return dtype;
    }
  }
  for (const bool constants : {false, true}) {
    for (const Argument& argument : operation.arguments) {
      if (argument.values.empty() || weights_.is_constant(argument.values.front()) != constants) {
        continue;
      }
      // Weights decide when nothing else does; but for parameters such as an epsilon.
      const std::optional<Constant>& constant = function_->values[argument.values.front()].constant;
      if (constant && !is_weight(*constant)) continue;
      if (const DataType dtype = first_float(argument.values); dtype != DataType::unknown) {
        return dtype;
      }
    }
  }
  return otherwise;
}

}  // namespace anemon::models
