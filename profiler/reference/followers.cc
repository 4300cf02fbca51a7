#include "profiler/reference/followers.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "profiler/reference/refusal.h"

namespace anemon::profiler::reference {
namespace {

using onednn::Activation;
using onednn::Function;

constexpr float kInfinite = std::numeric_limits<float>::infinity();

// scale * x + shift, held between two numbers: what a run of relus, clips and linear functions is.
struct Ramp {
  float scale = 1, shift = 0, low = -kInfinite, high = kInfinite;

  // False, and nothing done, for another function.
  bool then(const Activation& next) {
    if (next.function == Function::linear && next.a != 0) {
      scale *= next.a;
      shift = shift * next.a + next.b;
      low = low * next.a + next.b;
      high = high * next.a + next.b;
      if (next.a < 0) std::swap(low, high);
      return true;
    }
    const bool relu = next.function == Function::relu && next.a == 0;
    if (!relu && next.function != Function::clip) return false;
    const float least = relu ? 0.0F : next.a;
    const bool open = relu || next.b == std::numeric_limits<float>::max();
    float most = next.b;
    if (open) most = kInfinite;
    low = std::clamp(low, least, most);
    high = std::clamp(high, least, most);
    return true;
  }

  void append_to(std::vector<Activation>& chain) const {
    if (scale != 1 || shift != 0) chain.push_back({Function::linear, scale, shift});
    if (low == -kInfinite && high == kInfinite) return;
    if (low == 0 && high == kInfinite) {
      chain.push_back({Function::relu});
      return;
    }
    constexpr float kLargest = std::numeric_limits<float>::max();
    chain.push_back({Function::clip, std::max(low, -kLargest), std::min(high, kLargest)});
  }
};

// Converters write relu6 as four layers: fewer functions do the same.
std::vector<Activation> merged(const std::vector<Activation>& chain) {
  std::vector<Activation> result;
  Ramp ramp;
  for (const Activation& each : chain) {
    if (ramp.then(each)) continue;
    ramp.append_to(result);
    ramp = {};
    result.push_back(each);
  }
  ramp.append_to(result);
  return result;
}

}  // namespace

ChannelAffine norm_of(Planner& planner, const models::Operation& norm, size_t channels) {
  const auto parameter = [&](const char* name, float otherwise) {
    const models::Argument* argument = norm.argument(name);
    if (argument == nullptr || argument->values.empty()) {
      return std::vector<float>(channels, otherwise);
    }
    if (!planner.is_constant(argument->values.front())) {
      throw Refusal(std::string("'") + name + "' is known only while it runs");
    }
    const Tensor tensor = planner.constant(argument->values.front());
    if (tensor.count() != channels && tensor.count() != 1) {
      throw Refusal(std::string("'") + name + "' has " + std::to_string(tensor.count()) +
                    " values for " + std::to_string(channels) + " channels");
    }
    if (tensor.count() == channels) {
      return std::vector<float>(tensor.data(), tensor.data() + channels);
    }
    return std::vector<float>(channels, tensor.data()[0]);
  };
  const std::vector<float> mean = parameter("mean", 0);
  const std::vector<float> variance = parameter("variance", 1);
  const std::vector<float> gamma = parameter("gamma", 1);
  const std::vector<float> beta = parameter("beta", 0);
  const models::Argument* epsilon = norm.argument("epsilon");
  const float small =
      epsilon == nullptr ? 1e-5F : planner.constant(epsilon->values.front()).data()[0];
  ChannelAffine affine;
  for (size_t c = 0; c < channels; ++c) {
    const float scale = gamma[c] / std::sqrt(variance[c] + small);
    affine.scale.push_back(scale);
    affine.shift.push_back(beta[c] - mean[c] * scale);
  }
  return affine;
}

std::vector<Activation> apply_followers(StepBuilder& step, std::vector<float>& weights,
                                        std::vector<float>& bias, size_t out) {
  std::vector<Activation> activations;
  Planner& planner = step.planner();
  for (const models::Operation* follower : step.followers()) {
    if (follower->type == "batch_norm") {
      const ChannelAffine affine = norm_of(planner, *follower, out);
      bias.resize(out, 0.0F);
      const size_t each = weights.size() / out;
      for (size_t c = 0; c < out; ++c) {
        for (size_t i = 0; i < each; ++i) weights[c * each + i] *= affine.scale[c];
        bias[c] = bias[c] * affine.scale[c] + affine.shift[c];
      }
      continue;
    }
    const models::OperationView view(planner.function(), *follower, planner.inference().types,
                                     &planner.inference().elements);
    activations.push_back(*activation_of(view));
  }
  return merged(activations);
}

}  // namespace anemon::profiler::reference
