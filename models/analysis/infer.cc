#include "models/analysis/infer.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "models/analysis/extent.h"
#include "models/analysis/fold.h"
#include "models/analysis/input_shape.h"
#include "models/analysis/shape_rules.h"

namespace anemon::models {
namespace {

// Core ML refuses more than 5. A file that states thousands would have every result copy them.
constexpr size_t kHighestRank = 64;

class Inferrer {
 public:
  Inferrer(const Function& function, const Interface& interface, const InputShapes& shapes)
      : function_(function), interface_(interface), shapes_(shapes) {}

  Inference run() && {
    result_.types.reserve(function_.values.size());
    for (const Value& value : function_.values) {
      result_.types.push_back(value.type);
      TensorType& type = result_.types.back().tensor;
      if (!type.ranked && value.constant) type = value.constant->type;
      if (type.shape.size() > kHighestRank) type = {type.dtype, false, {}};
    }
    bind_inputs();
    follow(function_.body);
    return std::move(result_);
  }

 private:
  void bind_inputs();
  void follow(const Block& block);
  void follow(const Operation& operation);
  ResultTypes results_of(const Operation& operation) const;
  ResultTypes branch_results(const Operation& operation) const;
  void settle(ValueId id, const TensorType& inferred, size_t operation);
  TensorType& type(ValueId id) { return result_.types[id].tensor; }
  const TensorType& type(ValueId id) const { return result_.types[id].tensor; }

  const Function& function_;
  const Interface& interface_;
  const InputShapes& shapes_;
  // Old networks state the shapes of one input; at another they do not hold.
  bool stated_hold_ = true;
  size_t next_operation_ = 0;
  Inference result_;
};

// What two types have in common: dimensions in which they differ are open.
TensorType common(const TensorType& a, const TensorType& b) {
  TensorType result = a;
  if (!a.ranked || !b.ranked || a.shape.size() != b.shape.size()) {
    return {a.dtype, false, {}};
  }
  for (size_t i = 0; i < a.shape.size(); ++i) {
    if (a.shape[i] != b.shape[i]) result.shape[i] = kAnyExtent;
  }
  return result;
}

void Inferrer::bind_inputs() {
  std::unordered_map<std::string_view, const Feature*> features;
  for (const Feature& feature : interface_.inputs) features.emplace(feature.name, &feature);
  for (const ValueId id : function_.body.inputs) {
    const auto found = features.find(function_.values[id].name);
    if (found == features.end() || result_.types[id].kind == ValueKind::state) continue;
    const Feature& feature = *found->second;
    const auto asked = shapes_.find(feature.name);
    const bool is_asked = asked != shapes_.end();
    const auto evaluated = is_asked ? shape_taken(feature, asked->second) : first_shape(feature);
    if (!evaluated) continue;
    if (is_asked && function_.old_network && evaluated != first_shape(feature)) {
      stated_hold_ = false;
    }
    Shape shape = network_shape(feature, *evaluated, function_);
    TensorType& stated = type(id);
    if (feature.kind == FeatureKind::image && stated.ranked && stated.shape.size() > shape.size()) {
      shape.insert(shape.begin(), stated.shape.size() - shape.size(), 1);
    }
    const TensorType given{stated.dtype != DataType::unknown ? stated.dtype : feature.tensor.dtype,
                           true, shape};
    if (!stated.ranked) {
      stated = given;
      continue;
    }
    bool fits = stated.shape.size() == shape.size();
    for (size_t i = 0; fits && i < shape.size(); ++i) {
      fits = agreed(stated.shape[i], shape[i]).has_value();
    }
    if (fits) {
      stated = given;
    } else if (is_asked) {
      throw refused(feature, asked->second, "its program is made for " + to_text(stated.shape));
    }
  }
}

void Inferrer::follow(const Block& block) {
  for (const Operation& operation : block.operations) follow(operation);
}

void Inferrer::follow(const Operation& operation) {
  const size_t index = next_operation_++;
  if (operation.type == "while_loop") {
    // What is carried round keeps its type: coremltools demands it, and the number of rounds is not
    // known.
    const Argument* carried = operation.argument("loop_vars");
    for (const Block& block : operation.blocks) {
      const size_t count = carried ? std::min(carried->values.size(), block.inputs.size()) : 0;
      for (size_t i = 0; i < count; ++i) {
        settle(block.inputs[i], type(carried->values[i]), index);
      }
    }
  }
  for (const Block& block : operation.blocks) follow(block);

  const ResultTypes inferred =
      operation.blocks.empty() ? results_of(operation) : branch_results(operation);
  const size_t count = std::min(inferred.size(), operation.results.size());
  for (size_t i = 0; i < count; ++i) settle(operation.results[i], inferred[i], index);

  if (operation.results.empty() || function_.values[operation.results[0]].constant) return;
  const OperationView view(function_, operation, result_.types, &result_.elements);
  if (auto elements = fold(view, type(operation.results[0]))) {
    result_.elements.insert_or_assign(operation.results[0], std::move(*elements));
  }
}

ResultTypes Inferrer::results_of(const Operation& operation) const {
  const OperationKind* kind = find_operation_kind(operation.type);
  if (kind == nullptr || kind->shape == nullptr) return {};
  return kind->shape(OperationView(function_, operation, result_.types, &result_.elements));
}

ResultTypes Inferrer::branch_results(const Operation& operation) const {
  ResultTypes results;
  if (operation.type == "cond" && operation.blocks.size() == 2) {
    const Block& then = operation.blocks[0];
    const Block& otherwise = operation.blocks[1];
    const size_t count = std::min(then.outputs.size(), otherwise.outputs.size());
    for (size_t i = 0; i < count; ++i) {
      results.push_back(common(type(then.outputs[i]), type(otherwise.outputs[i])));
    }
  } else if (operation.type == "while_loop" && operation.blocks.size() == 2) {
    const Argument* carried = operation.argument("loop_vars");
    const std::vector<ValueId>& after = operation.blocks[1].outputs;
    const size_t count = carried ? std::min(carried->values.size(), after.size()) : 0;
    for (size_t i = 0; i < count; ++i) {
      const TensorType& before = type(carried->values[i]);
      // A list may have learned the shape of its elements on the way.
      const bool list = result_.types[carried->values[i]].kind == ValueKind::list;
      const bool kept = !type(after[i]).ranked || (!is_known(type(after[i])) && list);
      results.push_back(kept ? before : list ? type(after[i]) : common(before, type(after[i])));
    }
  }
  return results;
}

// What the file states stands; what it leaves open is taken from the operands.
void Inferrer::settle(ValueId id, const TensorType& inferred, size_t operation) {
  if (!inferred.ranked || inferred.shape.size() > kHighestRank) return;
  TensorType& stated = type(id);
  if (!stated.ranked || !stated_hold_) {
    const DataType dtype = stated.dtype != DataType::unknown ? stated.dtype : inferred.dtype;
    stated = inferred;
    stated.dtype = dtype;
    return;
  }
  bool differs = stated.shape.size() != inferred.shape.size();
  const TensorType stored = stated;
  for (size_t i = 0; !differs && i < inferred.shape.size(); ++i) {
    const auto extent = agreed(stored.shape[i], inferred.shape[i]);
    differs = !extent;
    if (extent) stated.shape[i] = *extent;
  }
  if (!differs) return;
  stated = stored;
  result_.mismatches.push_back({operation, stored, inferred});
}

}  // namespace

Inference infer(const Function& function, const Interface& interface, const InputShapes& shapes) {
  return Inferrer(function, interface, shapes).run();
}

}  // namespace anemon::models
