// How much memory activations need at once.
//
// Lower bound: every buffer is reused as soon as nobody needs what it holds. While an operation
// runs, its operands and results exist side by side; results of operations that only look at their
// operand's memory differently (reshape: OperationKind::alias) share its buffer. Inputs of the
// function exist from the start until their last use, outputs until the end, states all the time.
// Blocks of an operation run one after the other, once, after its operands were read and before its
// results exist. A block's inputs share the buffers of the loop's variables; what a loop takes from
// outside otherwise stays until it ends.
// Upper bound: every input, state and result has a buffer of its own and none is ever reused.
//
// Sizes are packed, without weights; what has no known size counts as nothing.
#pragma once

#include <cstdint>
#include <span>

#include "models/graph/function.h"

namespace anemon::models {

struct ActivationPeak {
  uint64_t lower = 0;
  uint64_t upper = 0;
};

// `types` by ValueId. Time is linear in the number of operands.
ActivationPeak activation_peak(const Function& function, std::span<const ValueType> types);

}  // namespace anemon::models
