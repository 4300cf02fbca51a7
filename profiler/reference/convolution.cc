#include "profiler/reference/families.h"
#include "profiler/reference/followers.h"
#include "profiler/reference/window.h"

namespace anemon::profiler::reference {

Kernel convolution(StepBuilder& step) {
  const bool transposed = step.operation().type == "conv_transpose";
  const Shape& weights_shape = step.type("weight").shape;
  if (weights_shape.size() < 3) step.refuse("its weights have fewer than three dimensions");
  const size_t spatial = weights_shape.size() - 2;
  const Shape kernel(weights_shape.begin() + 2, weights_shape.end());

  onednn::Convolution what;
  what.source = image_of(step.type("x").shape, spatial);
  what.destination = image_of(step.result_type().shape, spatial);
  what.window = window_of(step, kernel, what.source, what.destination, transposed);
  what.groups = step.integer("groups", 1);
  what.transposed = transposed;
  const int64_t channels = weights_shape[transposed ? 0 : 1] * (transposed ? 1 : what.groups);
  if (what.groups < 1 || channels != what.source[1] || what.destination[1] % what.groups != 0) {
    step.refuse("its weights " + models::to_text(weights_shape) + " in " +
                std::to_string(what.groups) + " groups do not fit " +
                std::to_string(what.source[1]) + " channels");
  }

  const bool constant = step.constant("weight");
  std::vector<float> weights;
  if (constant) weights = weights_of(step, "weight");
  std::vector<float> bias;
  if (step.given("bias")) {
    const std::span<const float> given = step.elements("bias");
    bias.assign(given.begin(), given.end());
  }
  what.after = apply_followers(step, weights, bias, static_cast<size_t>(what.destination[1]));
  what.weights = weights;
  what.bias = bias;
  const onednn::Primitive primitive = onednn::convolution(what);
  const Tensor x = step.in_layout("x", primitive.source());
  std::vector<const Buffer*> sources = {x.buffer};
  if (!constant) sources.push_back(step.plain("weight").buffer);
  const Tensor y = step.result(0, primitive.destination());
  return step.kernel(primitive, sources, y.buffer);
}

}  // namespace anemon::profiler::reference
