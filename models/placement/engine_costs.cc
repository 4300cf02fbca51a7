#include "models/placement/engine_costs.h"

#include <algorithm>
#include <array>
#include <vector>

#include "models/placement/support.h"

namespace anemon::models {
namespace {

struct Rates {
  double ane = 0;  // per second
  double cpu = 0;
};

// Whatever only moves data or is bound by it. The estimates divide all bytes by 68 GiB/s; the CPU
// is held to be 1.2 times as slow.
constexpr Rates kMemory = {68.0 * (1U << 30), 68.0 * (1U << 30) / 1.2};

// Arithmetic that is bound by its multiplications. FLOPs.
constexpr Rates kMultiplier = {16.15e12, 754.5e9};

// Steps that the estimates take: up to `limit` an operation runs at `rates`.
struct Step {
  double limit;
  Rates rates;
};

// Convolutions, by FLOPs per byte of weights, inputs and outputs. Steps were seen between 8.9 and
// 17.7 and between 56 and 67. Examples: depthwise 3x3; 1x1 of 64 channels; 3x3 of 64 channels.
constexpr std::array<Step, 3> kConvolution = {
    {{12.6, {0.4712e12, 27.085e9}}, {61.4, {7.161e12, 388.06e9}}, {1e300, kMultiplier}}};

// linear, by bytes of the fp16 weights; steps seen between 128 and 256 kB and between 256 and
// 512 kB. Extents that are no multiples of 16 count as small.
constexpr std::array<Step, 3> kLinear = {
    {{185e3, {0.5804e12, 22.544e9}}, {371e3, {10.58e12, 335.5e9}}, {1e300, {5.291e12, 167.76e9}}}};
// Below this many FLOPs per byte (seen between 10.7 and 42.7) a linear is bound by its weights.
constexpr double kThinLinear = 21.4;
constexpr Rates kThinLinearRates = {0.1069e12, 68.84e9};

constexpr Rates kTransposedConvolution = {3.801e12, 15.785e9};

// Operations whose estimates follow rates of their own. Bytes.
struct Special {
  std::string_view type;
  bool inputs_only;  // else all bytes
  Rates rates;
};
constexpr auto kSpecial = std::to_array<Special>({
    {"add", true, {35.98e9, 21.12e9}},
    {"sub", true, {35.98e9, 21.12e9}},
    {"mul", true, {43.0e9, 11.50e9}},
    {"concat", true, {100e9, 11.50e9}},
    {"relu", true, {50e9, 50e9}},
    {"transpose", true, {34.44e9, 43.74e9}},
    {"upsample_bilinear", false, {198.3e9, 1.3117e9}},
});

constexpr size_t kAne = static_cast<size_t>(Engine::ane);
constexpr size_t kCpu = static_cast<size_t>(Engine::cpu);

constexpr double real(uint64_t number) { return static_cast<double>(number); }

struct Estimate {
  double ane = 0;
  double cpu = 0;
  std::string_view bound;
};

std::string_view larger_part(const Traffic& traffic) {
  return traffic.weights > traffic.activations() ? "weights" : "activations";
}

Estimate at(double amount, const Rates& rates, std::string_view bound) {
  return {amount / rates.ane, amount / rates.cpu, bound};
}

Rates step_at(double value, const std::array<Step, 3>& steps) {
  return std::find_if(steps.begin(), steps.end(),
                      [&](const Step& step) { return value <= step.limit; })
      ->rates;
}

bool multiples_of_16(const TensorType* weight) {
  return weight == nullptr || std::all_of(weight->shape.begin(), weight->shape.end(),
                                          [](int64_t extent) { return extent % 16 == 0; });
}

Estimate estimate_linear(const OperationView& view, const OperationCost& cost, double flops,
                         const Traffic& traffic) {
  const double fp16_weights = 2 * real(cost.parameters);
  const double intensity = flops / std::max(1.0, fp16_weights + traffic.activations());
  if (intensity < kThinLinear) return at(flops, kThinLinearRates, larger_part(traffic));
  const double size = multiples_of_16(view.type("weight")) ? fp16_weights : 0;
  return at(flops, step_at(size, kLinear), "compute");
}

Estimate estimate(const OperationView& view, const OperationCost& cost, const Traffic& traffic) {
  const std::string& type = view.operation().type;
  const double flops = 2 * real(cost.macs);
  if (type == "conv" && flops > 0) {
    const double intensity =
        flops / std::max(1.0, 2 * real(cost.parameters) + traffic.activations());
    const bool compute = intensity > kConvolution[1].limit;
    return at(flops, step_at(intensity, kConvolution), compute ? "compute" : larger_part(traffic));
  }
  if (type == "conv_transpose" && flops > 0) return at(flops, kTransposedConvolution, "compute");
  if (type == "linear" && flops > 0) return estimate_linear(view, cost, flops, traffic);
  const auto special = std::find_if(kSpecial.begin(), kSpecial.end(),
                                    [&](const Special& each) { return each.type == type; });
  if (special != kSpecial.end()) {
    const double bytes = special->inputs_only ? traffic.weights + traffic.inputs : traffic.all();
    return at(bytes, special->rates, larger_part(traffic));
  }
  Estimate memory = at(traffic.all(), kMemory, larger_part(traffic));
  if (type == "gather") memory.cpu = traffic.activations() / 23.0e9;
  // Attention is estimated as if it only moved its operands.
  if (type == "scaled_dot_product_attention") return memory;
  const Estimate compute = at(flops, kMultiplier, "compute");
  return {std::max(memory.ane, compute.ane), std::max(memory.cpu, compute.cpu),
          compute.ane > memory.ane ? compute.bound : memory.bound};
}

// Of the operands and results those that enter or leave the function, each once.
double border_bytes(const OperationView& view) {
  const Function& function = view.function();
  std::vector<ValueId> seen;
  double bytes = 0;
  const auto add = [&](ValueId value, const TensorType* type, const std::vector<ValueId>& border) {
    const auto is = [&](const std::vector<ValueId>& values) {
      return std::find(values.begin(), values.end(), value) != values.end();
    };
    if (type == nullptr || type->dtype == DataType::string || is(seen) || !is(border)) return;
    seen.push_back(value);
    const bool halved = function.old_network && type->dtype == DataType::fp32;
    bytes += (halved ? 0.5 : 1.0) * real(packed_bytes(*type).value_or(0));
  };
  for (const Argument& argument : view.operation().arguments) {
    const std::vector<const TensorType*> types = view.types(argument.name);
    for (size_t i = 0; i < std::min(types.size(), argument.values.size()); ++i) {
      add(argument.values[i], types[i], function.body.inputs);
    }
  }
  for (size_t i = 0; i < view.operation().results.size(); ++i) {
    add(view.operation().results[i], &view.result(i), function.body.outputs);
  }
  return bytes;
}

// The slowest of what is known; nothing where the weights' time or the work is not.
EngineCost roofline(const OperationView& view, const OperationCost& work, const Traffic& traffic,
                    const Chip& chip) {
  const bool unread = traffic.weights > 0 && !chip.ane_bytes_per_second;
  if (!chip.fp16_flops_per_second || unread || !work.complete) return {};
  EngineCost cost = {false, 2 * real(work.macs) / chip.fp16_flops_per_second->value,
                     chip.fp16_flops_per_second->confidence, "compute"};
  const auto bound_by = [&](double bytes, const std::optional<Fact>& rate, std::string_view bound) {
    if (!rate || bytes / rate->value <= cost.seconds) return;
    cost = {false, bytes / rate->value, rate->confidence, bound};
  };
  const double border = border_bytes(view);
  bound_by(traffic.weights, chip.ane_bytes_per_second, "weights");
  bound_by(border, chip.activation_bytes_per_second, "activations");
  if (border > 0 && !chip.activation_bytes_per_second) cost.confidence = Confidence::folklore;
  return cost;
}

}  // namespace

Traffic traffic_on_ane(const Function& function, const OperationCost& cost) {
  const double activation = function.old_network && cost.precision == DataType::fp32 ? 0.5 : 1.0;
  return {std::min(real(cost.weight_bytes_stored), 2 * real(cost.parameters)),
          activation * real(cost.input_bytes), activation * real(cost.output_bytes)};
}

bool has_rates(const Chip& chip) { return chip.name == default_chip().name; }

std::array<EngineCost, kEngines> engine_costs(const OperationView& view, const OperationCost& cost,
                                              const Chip& chip) {
  std::array<EngineCost, kEngines> costs;
  const Traffic traffic = traffic_on_ane(view.function(), cost);
  if (!has_rates(chip)) {
    costs[kAne] = roofline(view, cost, traffic, chip);
    return costs;
  }
  const Operation& operation = view.operation();
  const OperationKind* kind = find_operation_kind(operation.type);
  const bool studied = kind != nullptr && kind->ane != AneSupport::unknown && cost.complete &&
                       !is_recurrent(operation) && !is_control_flow(operation);
  const Confidence confidence = studied ? Confidence::measured : Confidence::folklore;
  const Estimate estimated = estimate(view, cost, traffic);
  costs[kAne] = {false, estimated.ane, confidence, estimated.bound};
  costs[kCpu] = {false, estimated.cpu, confidence, estimated.bound};
  return costs;
}

}  // namespace anemon::models
