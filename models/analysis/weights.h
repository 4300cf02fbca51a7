// Which operands of an operation are weights, and what the file holds them in.
//
// Weights are constants in a weight file, constants of old networks, tables of floating point
// numbers written in place, and the results of constexpr_* operations; strides, axes and other
// parameters are none.
#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "models/graph/function.h"

namespace anemon::models {

struct Weight {
  ValueId value = 0;  // as the operation names it
  TensorType type;    // uncompressed, as the operation computes with it
  // What the file holds: the constant itself, or the data and tables it is unpacked from.
  std::vector<const Constant*> parts;
};

class WeightIndex {
 public:
  // Both must outlive it. `types` by ValueId.
  WeightIndex(const Function& function, std::span<const ValueType> types);

  // Each once, however often the operation names it. Of a const or constexpr_* operation none:
  // weights belong to what reads them.
  std::vector<Weight> of(const Operation& operation) const;
  // Known before the model runs: a constant, a parameter or an unpacked weight.
  bool is_constant(ValueId value) const;

 private:
  void index(const Block& block);
  std::vector<const Constant*> parts_of(ValueId value) const;

  const Function* function_;
  std::span<const ValueType> types_;
  std::vector<const Operation*> unpacked_by_;  // by ValueId: the constexpr_*; else null
  std::vector<bool> constant_;                 // by ValueId
};

bool is_constant_operation(const Operation& operation);  // const or constexpr_*
bool is_weight(const Constant& constant);

}  // namespace anemon::models
