// Images between [channels, H, W] of 0..255 and the rows of a pixel buffer.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace anemon::profiler {

enum class PixelFormat : uint8_t { bgra, argb, gray, gray_half };

// As the model's file calls it: "RGB", "GRAYSCALE", "GRAYSCALE_FLOAT16". Channels are red, green,
// blue in this order, whichever the network itself wants: Core ML converts.
std::string_view color_space(PixelFormat format);
size_t channels(PixelFormat format);
size_t pixel_bytes(PixelFormat format);

struct ImageSize {
  size_t height = 0;
  size_t width = 0;
};

// `row_bytes`: from one row to the next, at least width * pixel_bytes; what follows a row is left
// alone. Bytes are rounded and clamped, alpha is opaque; gray_half keeps fractions.
void pack_pixels(const std::vector<float>& planes, PixelFormat format, ImageSize size,
                 size_t row_bytes, void* rows);
std::vector<float> unpack_pixels(const void* rows, PixelFormat format, ImageSize size,
                                 size_t row_bytes);

}  // namespace anemon::profiler
