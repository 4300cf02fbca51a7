// One convolution network in two formats, with the same weights.
#pragma once

#include <filesystem>

namespace anemon::bench {

// In `folder`: network.mlmodel and network.onnx, fp32, from "image" (3 x 128 x 128; ONNX has a
// batch axis of 1 before it) to "scores" (100): a stem, residual blocks of 3 x 3 convolutions at
// three widths, mean pooling and a dense layer. 513 million multiplications. input.f32: an
// image.
void write_network_pair(const std::filesystem::path& folder);

}  // namespace anemon::bench
