#include "profiler/measure/image_input.h"

#include <algorithm>

#include "core/error.h"
#include "models/analysis/input_shape.h"

namespace anemon::profiler {
namespace {

using models::Feature;
using models::FeatureKind;
using models::Shape;

constexpr int64_t kMostChannels = 4;

bool could_be_channels(int64_t extent) { return extent >= 1 && extent <= kMostChannels; }

// Of the last three axes: channels first, as Core ML and PyTorch have it, or last, as TensorFlow.
ImageInput in_array(const Feature& input, const Shape& shape) {
  const size_t first = shape.size() - 3;
  const bool channels_last =
      !could_be_channels(shape[first]) && could_be_channels(shape[first + 2]);
  ImageInput image{&input, first, first + 1, first + 2, first > 0, {}};
  if (channels_last) image = {&input, first + 2, first, first + 1, first > 0, {}};
  image.reason = shape.size() == 4 ? "an array of rank 4" : "an array of rank 3";
  image.reason += channels_last ? ", channels last" : ", channels first";
  return image;
}

}  // namespace

ImageInput find_image(const std::vector<Feature>& inputs) {
  for (const Feature& input : inputs) {
    if (input.kind == FeatureKind::image) return {&input, 0, 1, 2, false, "an image"};
  }
  for (const size_t rank : {size_t{4}, size_t{3}}) {
    for (const Feature& input : inputs) {
      const auto shape = models::first_shape(input);
      if (input.kind == FeatureKind::array && shape && shape->size() == rank) {
        return in_array(input, *shape);
      }
    }
  }
  throw Error("the model has no input that could be an image",
              "its inputs: " + list_of_inputs(inputs));
}

ImageShapes shape_images(const std::vector<Feature>& inputs, const ImageInput& image,
                         uint64_t batch, const ImageSize& size, const models::InputShapes& given) {
  if (batch == 0) throw Error("a batch of no images", "give 1 or more");
  AxisExtents extents;
  const auto ask = [&](size_t axis, uint64_t extent) {
    if (extent > 0) extents.emplace_back(axis, static_cast<int64_t>(extent));
  };
  ask(image.channels, size.channels);
  ask(image.height, size.height);
  ask(image.width, size.width);
  const Shape start = starting_shape(*image.feature, given);
  ImageShapes result;
  result.shapes = with_batch(*image.feature, start, extents, batch, image.has_batch_axis);
  const Shape shape = result.shapes.shapes.at(image.feature->name);
  result.size = {static_cast<uint64_t>(shape[image.height]),
                 static_cast<uint64_t>(shape[image.width]),
                 static_cast<uint64_t>(shape[image.channels])};
  for (const auto& [name, asked] : given) result.shapes.shapes.try_emplace(name, asked);
  for (const Feature& input : inputs) {
    const bool follows = image.has_batch_axis && &input != image.feature &&
                         !given.contains(input.name) && rank_of(input) > 1 &&
                         vary_alike(*image.feature, 0, input, 0);
    if (!follows) continue;
    result.shapes.shapes[input.name] =
        require_shape(input, starting_shape(input, {}), {{0, shape[0]}});
  }
  return result;
}

}  // namespace anemon::profiler
