// Recurrent layers. Weights stay one value per gate, as the file holds them.
#include <array>
#include <span>
#include <utility>

#include "models/read/layer_tables.h"

namespace anemon::models {
namespace {

// The weights in `numbers`, of all of `sources`, as one argument of several values.
void gates(Lowering& layer, const char* name, std::span<const LayerFields> sources,
           std::span<const uint32_t> numbers, const Shape& shape) {
  std::vector<ValueId> values;
  for (const LayerFields& source : sources) {
    for (const uint32_t number : numbers) {
      if (const auto value = layer.weight_value(source, number, shape)) values.push_back(*value);
    }
  }
  if (!values.empty()) layer.argument(name, std::move(values));
}

void common_arguments(Lowering& layer, int64_t hidden, bool sequence, const char* direction) {
  layer.integer("hidden_size", hidden);
  layer.flag("output_sequence", sequence);
  layer.text("direction", direction);
}

const char* direction_of(const LayerFields& fields) {
  return fields.flag(100) ? "reverse" : "forward";
}

// Names of a layer's activations under MIL's arguments, in the format's order.
void activations(Lowering& layer, uint32_t field, std::span<const char* const> names) {
  size_t i = 0;
  for (const LayerFields& each : layer.fields().messages(field, "ActivationParams")) {
    if (i < names.size()) layer.text(names[i++], activation_name(each));
  }
}

void lstm_arguments(Lowering& layer, std::span<const LayerFields> weights, const char* direction) {
  constexpr std::array<uint32_t, 4> kInput = {1, 2, 4, 3};  // i, f, o, z
  constexpr std::array<uint32_t, 4> kHidden = {20, 21, 23, 22};
  constexpr std::array<uint32_t, 4> kBias = {40, 41, 43, 42};
  constexpr std::array<uint32_t, 3> kPeephole = {60, 61, 62};
  constexpr std::array<const char*, 3> kActivations = {"recurrent_activation", "cell_activation",
                                                       "activation"};
  const LayerFields& fields = layer.fields();
  const LayerFields parameters = fields.message(15, "LSTMParams");
  const int64_t in = fields.extent(1);
  const int64_t hidden = fields.extent(2);
  gates(layer, "weight_ih", weights, kInput, {hidden, in});
  gates(layer, "weight_hh", weights, kHidden, {hidden, hidden});
  if (parameters.flag(20)) gates(layer, "bias", weights, kBias, {hidden});
  if (parameters.flag(40)) gates(layer, "peephole", weights, kPeephole, {hidden});
  common_arguments(layer, hidden, parameters.flag(10), direction);
  if (parameters.has(60)) layer.number("clip", parameters.number(60));
  activations(layer, 10, kActivations);
}

// Inputs after the first: h and c, of each direction.
void lstm_operands(Lowering& layer) {
  layer.operand("x", 0);
  std::vector<ValueId> h;
  std::vector<ValueId> c;
  for (size_t i = 1; i < layer.inputs(); ++i) (i % 2 == 1 ? h : c).push_back(layer.input(i));
  if (!h.empty()) layer.argument("initial_h", std::move(h));
  if (!c.empty()) layer.argument("initial_c", std::move(c));
}

}  // namespace

void lower_simple_recurrent(Lowering& layer) {
  const LayerFields& fields = layer.fields();
  const int64_t hidden = fields.extent(2);
  layer.operand("x", 0);
  layer.optional_operand("initial_h", 1);
  layer.weight("weight_ih", fields, 30, {hidden, fields.extent(1)});
  layer.weight("weight_hh", fields, 31, {hidden, hidden});
  if (fields.flag(20)) layer.weight("bias", fields, 32, {hidden});
  common_arguments(layer, hidden, fields.flag(15), direction_of(fields));
  layer.text("activation", activation_name(fields.message(10, "ActivationParams")));
}

void lower_gru(Lowering& layer) {
  constexpr std::array<uint32_t, 3> kInput = {30, 31, 32};  // update, reset, output
  constexpr std::array<uint32_t, 3> kHidden = {50, 51, 52};
  constexpr std::array<uint32_t, 3> kBias = {70, 71, 72};
  constexpr std::array<const char*, 2> kActivations = {"recurrent_activation", "activation"};
  const LayerFields& fields = layer.fields();
  const int64_t hidden = fields.extent(2);
  const std::span<const LayerFields> source(&fields, 1);
  layer.operand("x", 0);
  layer.optional_operand("initial_h", 1);
  gates(layer, "weight_ih", source, kInput, {hidden, fields.extent(1)});
  gates(layer, "weight_hh", source, kHidden, {hidden, hidden});
  if (fields.flag(20)) gates(layer, "bias", source, kBias, {hidden});
  common_arguments(layer, hidden, fields.flag(15), direction_of(fields));
  activations(layer, 10, kActivations);
}

void lower_lstm(Lowering& layer) {
  const LayerFields& fields = layer.fields();
  lstm_operands(layer);
  const LayerFields weights = fields.message(20, "LSTMWeightParams");
  lstm_arguments(layer, {&weights, 1}, direction_of(fields));
}

void lower_bidirectional_lstm(Lowering& layer) {
  lstm_operands(layer);
  lstm_arguments(layer, layer.fields().messages(20, "LSTMWeightParams"), "bidirectional");
}

}  // namespace anemon::models
