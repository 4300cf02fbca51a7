// Which engines can run an operation, and why not: one set of predicates for the placement and for
// the rules. Each looks at one operation alone; they do not see what surrounds it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/analysis/operation_kind.h"
#include "models/chips/chip.h"
#include "models/graph/model.h"

namespace anemon::models {

struct Refusal {
  std::string_view rule;  // "DT-3": the row of docs/rules.md that it rests on; never empty
  std::string reason;     // "int32 result", without the rule's id
  Confidence confidence = Confidence::none;
};

// Element types: DT-1 (fp32 arithmetic in ML programs; a cast to or from fp16 is none), DT-3
// (32-bit integers), DT-4 (64-bit types, strings). Constants and parameters do not count, nor do
// the indices that Core ML narrows to 16 bits (gather_along_axis, topk).
std::optional<Refusal> refused_by_type(const OperationView& view);

// What it computes: OP-1 (recurrent), OP-2 (custom), OP-3 (control flow, lists), OP-4 (not
// implemented, slices that begin where only running tells), OP-5 (gather and gather_nd by indices
// that only running tells), OP-7 (conditions on arguments), OP-8 (slice_update, which place()
// forgives where it goes to a state), SH-10 (shapes that depend on data), OP-6 where no study has
// looked at it (confidence `folklore`).
std::vector<Refusal> refused_by_operation(const OperationView& view);

// The chip's limits, where they are known: SH-1 (rank), SH-3 (extent), SH-4 (inner extent of matmul
// and linear), SH-5 (convolution windows), SH-7 (pooling windows).
std::vector<Refusal> refused_by_limits(const OperationView& view, const Chip& chip);

// Why nothing of a model can run on the Neural Engine: MX-3 (updatable models; kinds that are no
// networks).
std::optional<Refusal> refused_model(const Model& model);

// All of the above for an operation on the Neural Engine, what it computes first; empty: it can run
// there.
std::vector<Refusal> ane_refusals(const OperationView& view, const Chip& chip);
std::optional<Refusal> ane_refusal(const OperationView& view, const Chip& chip);  // the first

// Why the GPU cannot; its confidence is `measured` where the study has looked at it.
std::optional<Refusal> gpu_refusal(const OperationView& view);

// A reshape whose target is not constant, a slice whose begin is not, and the like: whether an
// argument is given but known only while the model runs.
bool is_dynamic(const OperationView& view, std::string_view argument);

// cond, while_loop and the operations on lists.
bool is_control_flow(const Operation& operation);
// lstm, gru, rnn.
bool is_recurrent(const Operation& operation);
// Another program's code: custom layers and operations.
bool is_custom(const Operation& operation);

}  // namespace anemon::models
