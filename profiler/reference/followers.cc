#include "profiler/reference/followers.h"

#include <cmath>

#include "profiler/reference/refusal.h"

namespace anemon::profiler::reference {

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

std::vector<onednn::Activation> apply_followers(StepBuilder& step, std::vector<float>& weights,
                                                std::vector<float>& bias, size_t out) {
  std::vector<onednn::Activation> activations;
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
  return activations;
}

}  // namespace anemon::profiler::reference
