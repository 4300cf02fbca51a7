#include "profiler/reference/window.h"

#include <algorithm>

namespace anemon::profiler::reference {

Shape image_of(const Shape& shape, size_t spatial) {
  Shape padded = shape;
  while (padded.size() < spatial + 2) padded.insert(padded.begin(), 1);
  const size_t leading = padded.size() - spatial - 1;
  Shape image = {static_cast<int64_t>(extent_between(padded, 0, leading))};
  image.insert(image.end(), padded.begin() + static_cast<std::ptrdiff_t>(leading), padded.end());
  return image;
}

onednn::Window window_of(const StepBuilder& step, const Shape& kernel, const Shape& source,
                         const Shape& destination, bool transposed) {
  const size_t count = kernel.size();
  onednn::Window window;
  window.kernel = kernel;
  window.strides = step.integers("strides", Shape(count, 1));
  window.dilations = step.integers("dilations", Shape(count, 1));
  std::vector<int64_t> pad = step.integers("pad", {});
  pad.resize(2 * count, 0);
  if (window.strides.size() != count || window.dilations.size() != count) {
    step.refuse("its strides or dilations are not as many as its window has dimensions");
  }
  const std::string type = step.text("pad_type", "valid");
  for (size_t i = 0; i < count; ++i) {
    // A transposed window slides over the result.
    const int64_t wide = transposed ? destination[2 + i] : source[2 + i];
    const int64_t narrow = transposed ? source[2 + i] : destination[2 + i];
    const int64_t reach =
        (narrow - 1) * window.strides[i] + window.dilations[i] * (kernel[i] - 1) + 1 - wide;
    int64_t before = type == "custom" ? pad[2 * i] : 0;
    if (type == "same") before = std::max<int64_t>(reach, 0) / 2;
    if (type == "same_lower") before = (std::max<int64_t>(reach, 0) + 1) / 2;
    window.before.push_back(before);
    window.after.push_back(transposed ? reach - before : std::max<int64_t>(reach - before, 0));
  }
  return window;
}

std::vector<float> weights_of(StepBuilder& step, std::string_view argument) {
  const std::span<const float> elements = step.elements(argument);
  std::vector<float> weights(elements.begin(), elements.end());
  const bool integers = step.type(argument).dtype == models::DataType::int8;
  if (!integers || !step.given("weight_scale")) return weights;
  const float scale = step.number("weight_scale", 1);
  for (float& weight : weights) weight *= scale;
  return weights;
}

}  // namespace anemon::profiler::reference
