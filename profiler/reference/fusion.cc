#include "profiler/reference/fusion.h"

#include <algorithm>
#include <array>
#include <limits>
#include <unordered_map>

namespace anemon::profiler::reference {

using models::Operation;
using models::OperationView;
using models::ValueId;
using onednn::Activation;
using onednn::Function;

namespace {

constexpr size_t kMostActivations = 8;  // oneDNN takes 32; longer chains do not occur

std::optional<float> constant_number(const OperationView& view, std::string_view name,
                                     float otherwise) {
  if (view.operation().argument(name) == nullptr) return otherwise;
  const auto elements = view.elements(name, 1);
  if (!elements || elements->size() != 1 || elements->front() != elements->front()) {
    return std::nullopt;
  }
  return static_cast<float>(elements->front());
}

struct Row {
  std::string_view operation;
  Function function;
  std::string_view a, b;  // arguments
  float a_otherwise, b_otherwise;
};

constexpr float kLargest = std::numeric_limits<float>::max();
constexpr Row kRows[] = {
    {"relu", Function::relu, "", "", 0, 0},
    {"relu6", Function::clip, "", "", 0, 6},
    {"clip", Function::clip, "alpha", "beta", 0, kLargest},
    {"leaky_relu", Function::relu, "alpha", "", 0.01F, 0},
    {"linear_activation", Function::linear, "alpha", "beta", 1, 0},
    {"threshold", Function::clip, "alpha", "", 0, kLargest},
    {"sigmoid", Function::logistic, "", "", 0, 0},
    {"tanh", Function::tanh, "", "", 0, 0},
    {"silu", Function::swish, "", "", 1, 0},
    {"elu", Function::elu, "alpha", "", 1, 0},
    {"softplus", Function::softplus, "", "", 0, 0},
    {"square", Function::square, "", "", 0, 0},
    {"sqrt", Function::sqrt, "", "", 0, 0},
    {"abs", Function::abs, "", "", 0, 0},
    {"exp", Function::exp, "", "", 0, 0},
};

bool leads(std::string_view type) {
  return type == "conv" || type == "conv_transpose" || type == "linear";
}

bool all_constant(const models::Function& function, const Operation& operation) {
  for (const models::Argument& argument : operation.arguments) {
    if (argument.name == "x") continue;
    for (const ValueId value : argument.values) {
      if (!function.values[value].constant) return false;
    }
  }
  return true;
}

// A batch_norm over the channels that the leader makes.
bool foldable_norm(const models::Function& function, const models::Inference& inference,
                   const Operation& norm, const Operation& leader) {
  if (norm.type != "batch_norm" || leader.type != "conv") return false;
  if (function.value(leader, "weight") == nullptr ||
      function.constant(leader, "weight") == nullptr) {
    return false;
  }
  const auto& shape = inference.types[norm.results.front()].tensor.shape;
  const models::Constant* axis = function.constant(norm, "axis");
  const bool channels = axis == nullptr || models::integer(*axis) == -3;
  return all_constant(function, norm) && channels && shape.size() >= 3 &&
         (axis == nullptr || function.constant(leader, "weight")->type.shape.size() == 4);
}

}  // namespace

std::optional<Activation> activation_of(const OperationView& view) {
  const Operation& operation = view.operation();
  if (operation.argument("scale") != nullptr || operation.argument("shift") != nullptr) {
    return std::nullopt;
  }
  if (operation.type == "gelu") {
    const std::string mode = view.text("mode").value_or("EXACT");
    if (mode == "SIGMOID_APPROXIMATION") return Activation{Function::swish, 1.702F, 0};
    return Activation{mode == "EXACT" ? Function::gelu_erf : Function::gelu_tanh};
  }
  for (const Row& row : kRows) {
    if (row.operation != operation.type) continue;
    const auto a = row.a.empty() ? std::optional(row.a_otherwise)
                                 : constant_number(view, row.a, row.a_otherwise);
    const auto b = row.b.empty() ? std::optional(row.b_otherwise)
                                 : constant_number(view, row.b, row.b_otherwise);
    if (!a || !b) return std::nullopt;
    return Activation{row.function, *a, *b};
  }
  return std::nullopt;
}

std::vector<std::vector<const Operation*>> fusions(const models::Function& function,
                                                   const models::Inference& inference,
                                                   const models::Block& block,
                                                   std::span<const uint32_t> readers) {
  std::vector<std::vector<const Operation*>> result(block.operations.size());
  std::unordered_map<ValueId, const Operation*> reader;  // the one that takes it as x
  for (const Operation& operation : block.operations) {
    const models::Argument* x = operation.argument("x");
    if (x != nullptr && x->values.size() == 1) reader[x->values.front()] = &operation;
  }
  for (size_t i = 0; i < block.operations.size(); ++i) {
    const Operation& leader = block.operations[i];
    if (!leads(leader.type) || leader.results.size() != 1) continue;
    ValueId value = leader.results.front();
    for (size_t activations = 0; activations < kMostActivations;) {
      const auto next = reader.find(value);
      if (readers[value] != 1 || next == reader.end() || next->second->results.size() != 1) break;
      const Operation& follower = *next->second;
      const OperationView view(function, follower, inference.types, &inference.elements);
      const bool norm = result[i].empty() && foldable_norm(function, inference, follower, leader);
      if (!norm && !activation_of(view)) break;
      activations += norm ? 0 : 1;
      result[i].push_back(&follower);
      value = follower.results.front();
    }
  }
  return result;
}

}  // namespace anemon::profiler::reference
