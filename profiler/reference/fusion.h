// Which operations are done by the one before them: a batch_norm folded into the weights of a
// convolution or matrix, and activations applied while its result is still at hand.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "models/analysis/infer.h"
#include "models/analysis/operation_kind.h"
#include "profiler/reference/onednn.h"

namespace anemon::profiler::reference {

// The activation, where oneDNN has it and its parameters are constants.
std::optional<onednn::Activation> activation_of(const models::OperationView& view);

// For each operation of the block the ones that it does beside itself, in order. `readers` by
// ValueId: how often a value is read at all.
std::vector<std::vector<const models::Operation*>> fusions(const models::Function& function,
                                                           const models::Inference& inference,
                                                           const models::Block& block,
                                                           std::span<const uint32_t> readers);

}  // namespace anemon::profiler::reference
