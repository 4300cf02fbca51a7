// The table of operations: what each computes, how its shapes follow and what it costs.
// Adding an operation is one row here (and a function beside it when no rule fits).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "models/graph/function.h"

namespace anemon::models {

// Elements of small integer tensors that are computed from shapes, row by row; NaN: not known.
using KnownElements = std::unordered_map<ValueId, std::vector<double>>;

// What a rule may look at: one operation with the types of its operands as known so far.
class OperationView {
 public:
  // `elements`: of infer(); null: only constants are known.
  OperationView(const Function& function, const Operation& operation,
                std::span<const ValueType> types, const KnownElements* elements = nullptr)
      : function_(&function), operation_(&operation), types_(types), elements_(elements) {}

  const Function& function() const { return *function_; }
  const Operation& operation() const { return *operation_; }

  // The first value of an argument; null when it is absent.
  const TensorType* type(std::string_view argument) const;
  // All values of an argument (concat's `values`).
  std::vector<const TensorType*> types(std::string_view argument) const;
  const Constant* constant(std::string_view argument) const;
  // The elements of an argument's values, at most `limit`, NaN where one is not known; none when
  // absent or nothing is known.
  std::optional<std::vector<double>> elements(std::string_view argument, size_t limit = 1024) const;
  // Parameters; none when absent or not known before running.
  std::optional<std::vector<int64_t>> integers(std::string_view argument) const;
  std::optional<int64_t> integer(std::string_view argument) const;
  std::optional<bool> flag(std::string_view argument) const;
  std::optional<std::string> text(std::string_view argument) const;
  const TensorType& result(size_t index = 0) const;  // as inferred or stored

 private:
  const Function* function_;
  const Operation* operation_;
  std::span<const ValueType> types_;
  const KnownElements* elements_;
};

// Types of the results; an empty vector when they cannot be known (the stored ones then stand).
using ShapeRule = std::vector<TensorType> (*)(const OperationView&);

struct Work {
  uint64_t macs = 0;
  uint64_t vector_flops = 0;
};
// None when it cannot be counted: a shape or a parameter it needs is unknown, or 64 bits overflow.
using WorkRule = std::optional<Work> (*)(const OperationView&);

// Which engine can run it, before limits on shapes and types (those are rules on their own).
enum class AneSupport : uint8_t {
  yes,
  no,
  conditional,  // depends on arguments: models/placement/support.cc decides
  unknown,      // not among the studied operations
};

struct OperationKind {
  std::string_view name;
  ShapeRule shape = nullptr;  // null: keeps the stored shape
  WorkRule work = nullptr;    // null: moves data only
  AneSupport ane = AneSupport::unknown;
  bool alias = false;  // its result may share its input's memory (reshape, squeeze)
};

// Null when there is no row.
const OperationKind* find_operation_kind(std::string_view type);
std::span<const OperationKind> operation_kinds();

}  // namespace anemon::models
