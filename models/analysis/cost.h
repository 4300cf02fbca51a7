// What one operation costs.
#pragma once

#include <span>

#include "models/analysis/analysis.h"
#include "models/analysis/operation_kind.h"
#include "models/analysis/weights.h"

namespace anemon::models {

class OperationCosts {
 public:
  // All must outlive it. `types` by ValueId; `elements` as infer() found them, may be null.
  OperationCosts(const Function& function, std::span<const ValueType> types,
                 const KnownElements* elements = nullptr);

  // Without what its blocks cost. Each weight and activation counts once, however often the
  // operation names it; a weight that several operations read counts for each of them. Lists are
  // handed on, not read; strings and dictionaries take no bytes. A while_loop is never complete:
  // how often it runs is not known.
  OperationCost of(const Operation& operation) const;

  const WeightIndex& weights() const { return weights_; }

 private:
  void add_activations(const Operation& operation, OperationCost& cost) const;
  void add_activation(ValueId value, uint64_t OperationCost::*bytes, OperationCost& cost) const;
  DataType precision(const Operation& operation) const;

  const Function* function_;
  std::span<const ValueType> types_;
  const KnownElements* elements_;
  WeightIndex weights_;
};

// Adds all but the precision, which stays where it is known. Sums that leave 64 bits stop at the
// largest number and are incomplete.
void add(OperationCost& sum, const OperationCost& cost);

}  // namespace anemon::models
