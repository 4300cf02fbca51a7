// Layers that make a tensor: constants, fillings, ranges, random numbers.
#include <utility>

#include "core/utf8.h"
#include "models/read/layer_tables.h"
#include "models/read/layer_weights.h"

namespace anemon::models {
namespace {

void load(Lowering& layer, Shape shape) {
  const auto value = layer.weight_value(layer.fields(), 2, shape);
  if (!value) {
    layer.oddity(Oddity::Kind::weight_count, "has no data");
    return;
  }
  layer.result(*layer.network().function().values[*value].constant);
}

struct Distribution {
  const char* first;
  const char* second;  // null: one parameter
};

void random_arguments(Lowering& layer, const Distribution& distribution) {
  const LayerFields& fields = layer.fields();
  layer.number(distribution.first, fields.number(2));
  if (distribution.second != nullptr) layer.number(distribution.second, fields.number(3));
  layer.integer("seed", fields.integer(1));
}

constexpr Distribution kNormal = {"mean", "stddev"};
constexpr Distribution kUniform = {"low", "high"};
constexpr Distribution kBernoulli = {"prob", nullptr};

// The layer's family gives the distribution, its input or field the shape.
template <const Distribution& kDistribution>
void random_like(Lowering& layer) {
  layer.operand("reference", 0);
  random_arguments(layer, kDistribution);
}
template <const Distribution& kDistribution>
void random_static(Lowering& layer) {
  layer.integers("shape", layer.fields().extents(kDistribution.second == nullptr ? 3 : 4));
  random_arguments(layer, kDistribution);
}
template <const Distribution& kDistribution>
void random_dynamic(Lowering& layer) {
  layer.operand("shape", 0);
  random_arguments(layer, kDistribution);
}

}  // namespace

void lower_load_constant(Lowering& layer) {
  Shape shape = layer.fields().extents(1);
  if (shape.size() < 5) shape.insert(shape.begin(), 5 - shape.size(), 1);
  load(layer, std::move(shape));
}

void lower_load_constant_nd(Lowering& layer) { load(layer, layer.fields().extents(1)); }

void lower_fill_like(Lowering& layer) {
  layer.operand("ref_tensor", 0);
  layer.number("value", layer.fields().number(1));
}

void lower_fill_static(Lowering& layer) {
  layer.integers("shape", layer.fields().extents(2));
  layer.number("value", layer.fields().number(1));
}

void lower_fill_dynamic(Lowering& layer) {
  layer.operand("shape", 0);
  layer.number("value", layer.fields().number(1));
}

void lower_range_static(Lowering& layer) {
  layer.number("start", layer.fields().number(2));
  layer.number("end", layer.fields().number(1));
  layer.number("step", layer.fields().number(3));
}

void lower_range_dynamic(Lowering& layer) {
  layer.operand("end", 0);
  if (!layer.optional_operand("start", 1)) layer.number("start", layer.fields().number(2));
  if (!layer.optional_operand("step", 2)) layer.number("step", layer.fields().number(3));
}

void lower_random_normal_like(Lowering& layer) { random_like<kNormal>(layer); }
void lower_random_normal_static(Lowering& layer) { random_static<kNormal>(layer); }
void lower_random_normal_dynamic(Lowering& layer) { random_dynamic<kNormal>(layer); }
void lower_random_uniform_like(Lowering& layer) { random_like<kUniform>(layer); }
void lower_random_uniform_static(Lowering& layer) { random_static<kUniform>(layer); }
void lower_random_uniform_dynamic(Lowering& layer) { random_dynamic<kUniform>(layer); }
void lower_random_bernoulli_like(Lowering& layer) { random_like<kBernoulli>(layer); }
void lower_random_bernoulli_static(Lowering& layer) { random_static<kBernoulli>(layer); }
void lower_random_bernoulli_dynamic(Lowering& layer) { random_dynamic<kBernoulli>(layer); }

void lower_categorical_distribution(Lowering& layer) {
  const LayerFields& fields = layer.fields();
  layer.operand("x", 0);
  layer.text("mode", fields.flag(3) ? "logits" : "probs");
  layer.integer("size", fields.integer(2));
  layer.integer("seed", fields.integer(1));
}

void lower_one_hot(Lowering& layer) {
  const LayerFields& fields = layer.fields();
  layer.operand("indices", 0);
  if (!layer.optional_operand("one_hot_vector_size", 1)) {
    layer.integer("one_hot_vector_size", fields.extent(1));
  }
  layer.integer("axis", fields.integer(2));
  layer.number("on_value", fields.number(3));
  layer.number("off_value", fields.number(4));
}

void lower_custom(Lowering& layer) {
  const LayerFields& fields = layer.fields();
  layer.operands("values");
  std::vector<ValueId> weights;
  for (const Bytes each : fields.occurrences(20)) {
    LayerWeights read = read_weights({&each, 1}, std::nullopt);
    weights.push_back(layer.network().constant(std::move(read.constant)));
  }
  if (!weights.empty()) layer.argument("weights", std::move(weights));
  layer.text("class_name", to_clean_utf8(fields.text(10), 1000));
}

}  // namespace anemon::models
