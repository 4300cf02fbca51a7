// Applies what fusion.h put behind a convolution or matrix.
#pragma once

#include <vector>

#include "profiler/reference/step_builder.h"

namespace anemon::profiler::reference {

struct ChannelAffine {
  std::vector<float> scale, shift;
};
// What a batch_norm does to each of `channels` channels.
ChannelAffine norm_of(Planner& planner, const models::Operation& norm, size_t channels);

// Folds a batch_norm into weights [out, ..] and bias (filled with zeros where empty); the
// activations after it are returned.
std::vector<onednn::Activation> apply_followers(StepBuilder& step, std::vector<float>& weights,
                                                std::vector<float>& bias, size_t out);

}  // namespace anemon::profiler::reference
