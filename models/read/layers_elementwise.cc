// Layers that work element by element.
#include <utility>

#include "models/read/layer_tables.h"

namespace anemon::models {
namespace {

// Two operands, or one and the number that the layer holds in their stead.
void two_operands(Lowering& layer, double otherwise) {
  layer.operand("x", 0);
  if (!layer.optional_operand("y", 1)) layer.number("y", otherwise);
}

struct Activation {
  uint32_t number;
  const char* operation;
  bool alpha, beta;  // which parameters it has
};

constexpr Activation kActivations[] = {
    {5, "linear_activation", true, true},
    {10, "relu", false, false},
    {15, "leaky_relu", true, false},
    {20, "thresholded_relu", true, false},
    {25, "prelu", true, false},
    {30, "tanh", false, false},
    {31, "scaled_tanh", true, true},
    {40, "sigmoid", false, false},
    {41, "sigmoid_hard", true, true},
    {50, "elu", true, false},
    {60, "softsign", false, false},
    {70, "softplus", false, false},
    {71, "softplus_parametric", true, true},
};

const Activation* find_activation(const LayerFields& fields) {
  const uint32_t set = fields.last_of({5, 10, 15, 20, 25, 30, 31, 40, 41, 50, 60, 70, 71});
  for (const Activation& each : kActivations) {
    if (each.number == set) return &each;
  }
  return nullptr;
}

}  // namespace

void lower_unary(Lowering& layer) { layer.operand("x", 0); }

void lower_binary(Lowering& layer) {
  layer.operand("x", 0);
  layer.operand("y", 1);
}

void lower_comparison(Lowering& layer) {
  // alpha is field 1 of equal and notEqual, field 2 of the others.
  two_operands(layer, layer.fields().number(layer.fields().has(1) ? 1 : 2));
}

void lower_many(Lowering& layer) {
  if (layer.inputs() > 2) {
    layer.type(std::string(layer.kind().operation) + "_n");
    layer.operands("values");
    return;
  }
  two_operands(layer, layer.fields().number(1));
}

void lower_extreme(Lowering& layer) {
  if (layer.inputs() == 1) {  // of one operand
    layer.type("identity");
    layer.operand("x", 0);
    return;
  }
  lower_many(layer);
}

void lower_average(Lowering& layer) { layer.operands("values"); }

void lower_unary_function(Lowering& layer) {
  constexpr const char* kFunctions[] = {"sqrt", "rsqrt", "inverse", "pow",
                                        "exp",  "log",   "abs",     "threshold"};
  const LayerFields& fields = layer.fields();
  const int64_t type = fields.integer(1);
  layer.operand("x", 0);
  if (type < 0 || type > 7) {
    layer.oddity(Oddity::Kind::other,
                 "has a function of an unknown number, " + std::to_string(type));
    return;
  }
  layer.type(kFunctions[type]);
  if (type == 3) layer.number("y", fields.number(2));
  if (type == 7) layer.number("alpha", fields.number(2));
  if (type == 1 || type == 2 || type == 5) layer.number("epsilon", fields.number(3));
  const double shift = fields.number(4);
  const double scale = fields.number(5);
  if (scale != 1.0) layer.number("scale", scale);
  if (shift != 0.0) layer.number("shift", shift);
}

std::string activation_name(const LayerFields& activation) {
  const Activation* found = find_activation(activation);
  return found == nullptr ? "identity" : found->operation;
}

void lower_activation(Lowering& layer) {
  const Activation* found = find_activation(layer.fields());
  layer.operand("x", 0);
  if (found == nullptr) {
    layer.type("identity");
    layer.oddity(Oddity::Kind::other, "has no function; taken as the identity");
    return;
  }
  layer.type(found->operation);
  const LayerFields parameters = layer.fields().message(found->number, "ActivationParams");
  if (found->number == 25 || found->number == 71) {  // one value per channel, as many as are given
    for (const auto& [number, name] : {std::pair{1U, "alpha"}, std::pair{2U, "beta"}}) {
      const auto value = layer.weight_value(parameters, number, std::nullopt);
      if (value) layer.argument(name, {*value});
    }
    return;
  }
  if (found->alpha) layer.number("alpha", parameters.number(1));
  if (found->beta) layer.number("beta", parameters.number(2));
}

void lower_clip(Lowering& layer) {
  layer.operand("x", 0);
  layer.number("alpha", layer.fields().number(1));
  layer.number("beta", layer.fields().number(2));
}

void lower_gelu(Lowering& layer) {
  layer.operand("x", 0);
  const int64_t mode = layer.fields().integer(1);
  layer.text("mode", mode == 1   ? "TANH_APPROXIMATION"
                     : mode == 2 ? "SIGMOID_APPROXIMATION"
                                 : "EXACT");
}

void lower_select(Lowering& layer) {
  layer.operand("cond", 0);
  layer.operand("a", 1);
  layer.operand("b", 2);
}

namespace {

// [C] and [1] apply to channels: given two dimensions more, they broadcast as the layer means.
Shape per_channel(Shape shape) {
  if (shape.size() == 1) shape.insert(shape.end(), {1, 1});
  return shape;
}

}  // namespace

void lower_bias(Lowering& layer) {
  layer.operand("x", 0);
  layer.weight("y", layer.fields(), 2, per_channel(layer.fields().extents(1)));
}

void lower_scale(Lowering& layer) {
  const LayerFields& fields = layer.fields();
  const bool biased = fields.flag(3);
  layer.operand("x", 0);
  layer.type(biased ? "scale" : "mul");
  layer.weight(biased ? "scale" : "y", fields, 2, per_channel(fields.extents(1)));
  if (biased) layer.weight("bias", fields, 5, per_channel(fields.extents(4)));
}

void lower_copy(Lowering& layer) {
  if (layer.inputs() > 1) {
    layer.type("identity_n");
    layer.operands("values");
    return;
  }
  layer.operand("x", 0);
}

}  // namespace anemon::models
