#include "models/analysis/liveness.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <string_view>
#include <utility>
#include <vector>

#include "models/analysis/count.h"
#include "models/analysis/operation_kind.h"
#include "models/analysis/weights.h"

namespace anemon::models {
namespace {

constexpr size_t kNever = std::numeric_limits<size_t>::max();

// Time is counted in steps: 0 is the start, then one for every operation (for one with blocks also
// one before them) and one for every end of a block, in the order in which they run.
class Scan {
 public:
  Scan(const Function& function, std::span<const ValueType> types)
      : function_(function),
        types_(types),
        constants_(function, types),
        buffer_(function.values.size()),
        defined_(function.values.size(), kNever),
        born_(function.values.size(), kNever),
        dies_(function.values.size(), 0),
        bytes_(function.values.size(), 0) {
    std::iota(buffer_.begin(), buffer_.end(), ValueId{0});
  }

  ActivationPeak run() {
    for (const ValueId input : function_.body.inputs) {
      hold(input);
      upper_ = saturating_sum(upper_, size_of(input));
    }
    scan(function_.body);
    for (const ValueId input : function_.body.inputs) {
      if (types_[input].kind == ValueKind::state) use(input);
    }
    return {peak(step_), upper_};
  }

 private:
  struct Loop {
    size_t first = 0;             // step of its beginning
    std::vector<ValueId> needed;  // from outside, by every iteration
  };

  uint64_t size_of(ValueId value) const {
    const ValueType& type = types_[value];
    const bool stored = type.kind == ValueKind::tensor || type.kind == ValueKind::state;
    return stored ? packed_bytes(type.tensor).value_or(0) : 0;
  }

  // From now on the value's buffer is taken.
  void hold(ValueId value) {
    const ValueId at = buffer_[value];
    defined_[value] = std::min(defined_[value], step_);
    if (constants_.is_constant(at)) return;
    bytes_[at] = std::max(bytes_[at], size_of(value));
    born_[at] = std::min(born_[at], step_);
    dies_[at] = std::max(dies_[at], step_);
  }

  void use(ValueId value) {
    const ValueId at = buffer_[value];
    if (born_[at] == kNever) return;
    dies_[at] = std::max(dies_[at], step_);
    const auto outside = std::find_if(loops_.begin(), loops_.end(), [&](const Loop& loop) {
      return defined_[value] < loop.first;
    });
    if (outside != loops_.end()) outside->needed.push_back(value);
  }

  void scan(const Block& block) {
    for (const Operation& operation : block.operations) {
      if (is_constant_operation(operation)) continue;
      ++step_;
      for (const Argument& argument : operation.arguments) {
        for (const ValueId operand : argument.values) use(operand);
      }
      if (!operation.blocks.empty()) scan_blocks(operation);
      share_result(operation);
      for (const ValueId result : operation.results) {
        hold(result);
        upper_ = saturating_sum(upper_, size_of(result));
      }
    }
    ++step_;
    for (const ValueId output : block.outputs) use(output);
  }

  void scan_blocks(const Operation& operation) {
    const bool loop = operation.type == "while_loop";
    if (loop) loops_.push_back({step_, {}});
    for (const Block& block : operation.blocks) {
      share_inputs(operation, block);
      scan(block);
    }
    ++step_;
    if (!loop) return;
    const std::vector<ValueId> needed = std::move(loops_.back().needed);
    loops_.pop_back();
    for (const ValueId value : needed) use(value);
  }

  // A loop hands its variables to its blocks in order.
  void share_inputs(const Operation& operation, const Block& block) {
    const Argument* variables = operation.argument("loop_vars");
    for (size_t i = 0; i < block.inputs.size(); ++i) {
      const ValueId input = block.inputs[i];
      if (variables != nullptr && i < variables->values.size()) {
        buffer_[input] = buffer_[variables->values[i]];
      }
      hold(input);
    }
  }

  void share_result(const Operation& operation) {
    const OperationKind* kind = find_operation_kind(operation.type);
    if (kind == nullptr || !kind->alias || operation.results.size() != 1) return;
    // Old networks' reshape that rearranges as well writes a new buffer.
    const Constant* mode = function_.constant(operation, "mode");
    if (mode != nullptr && text(*mode) == "channel_last") return;
    for (const std::string_view name : {"x", "input", "data"}) {
      const Argument* operand = operation.argument(name);
      if (operand == nullptr || operand->values.empty()) continue;
      buffer_[operation.results.front()] = buffer_[operand->values.front()];
      return;
    }
  }

  uint64_t peak(size_t end) const {
    std::vector<uint64_t> added(end + 1, 0);
    std::vector<uint64_t> freed(end + 2, 0);
    for (size_t value = 0; value < bytes_.size(); ++value) {
      if (born_[value] == kNever) continue;
      added[born_[value]] = saturating_sum(added[born_[value]], bytes_[value]);
      freed[dies_[value] + 1] = saturating_sum(freed[dies_[value] + 1], bytes_[value]);
    }
    uint64_t live = 0;
    uint64_t most = 0;
    for (size_t step = 0; step <= end; ++step) {
      live = live > freed[step] ? live - freed[step] : 0;
      live = saturating_sum(live, added[step]);
      most = std::max(most, live);
    }
    return most;
  }

  const Function& function_;
  std::span<const ValueType> types_;
  WeightIndex constants_;
  std::vector<ValueId> buffer_;      // by value: the value that gave the buffer its name
  std::vector<size_t> defined_;      // step, by value
  std::vector<size_t> born_, dies_;  // first and last step, by buffer
  std::vector<uint64_t> bytes_;      // by buffer
  std::vector<Loop> loops_;          // that are being scanned, outermost first
  size_t step_ = 0;
  uint64_t upper_ = 0;
};

}  // namespace

ActivationPeak activation_peak(const Function& function, std::span<const ValueType> types) {
  return Scan(function, types).run();
}

}  // namespace anemon::models
