// The image among a model's inputs, and its shape for a size. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "profiler/measure/item_shapes.h"

namespace anemon::profiler {

struct ImageInput {
  const models::Feature* feature = nullptr;
  size_t channels = 0, height = 1, width = 2;  // axes
  bool has_batch_axis = false;                 // axis 0
  std::string reason;                          // how it was found: "an image"
};

// An image, else an array of rank 4 or 3 that could be one. Throws Error that lists the inputs when
// none could be. Points into `inputs`.
ImageInput find_image(const std::vector<models::Feature>& inputs);

struct ImageSize {
  uint64_t height = 0, width = 0, channels = 0;  // 0: the model's default
};
struct ImageShapes {
  ItemShapes shapes;
  ImageSize size;  // nothing left open
};
// Throws Error that lists the shapes that the input takes.
ImageShapes shape_images(const std::vector<models::Feature>& inputs, const ImageInput& image,
                         uint64_t batch, const ImageSize& size,
                         const models::InputShapes& given = {});

}  // namespace anemon::profiler
