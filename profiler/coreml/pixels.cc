#include "profiler/coreml/pixels.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

#include "profiler/coreml/elements.h"

namespace anemon::profiler {
namespace {

constexpr uint8_t kOpaque = 255;

// Where a pixel's bytes hold red, green and blue, and its alpha.
struct ByteLayout {
  size_t bytes;
  std::array<size_t, 3> channel;
  size_t alpha;
};
constexpr ByteLayout kBgra{4, {2, 1, 0}, 3};
constexpr ByteLayout kArgb{4, {1, 2, 3}, 0};
constexpr ByteLayout kGray{1, {0, 0, 0}, 0};

const ByteLayout& layout_of(PixelFormat format) {
  if (format == PixelFormat::bgra) return kBgra;
  return format == PixelFormat::argb ? kArgb : kGray;
}

uint8_t to_byte(float number) {
  if (std::isnan(number)) return 0;
  return static_cast<uint8_t>(std::clamp(std::nearbyint(number), 0.0F, 255.0F));
}

// A pixel buffer of one half per pixel is an array whose rows are further apart.
struct HalfRows {
  models::Shape shape, strides;
  HalfRows(ImageSize size, size_t row_bytes)
      : shape{static_cast<int64_t>(size.height), static_cast<int64_t>(size.width)},
        strides{static_cast<int64_t>(row_bytes / sizeof(uint16_t)), 1} {}
};

}  // namespace

std::string_view color_space(PixelFormat format) {
  if (format == PixelFormat::gray) return "GRAYSCALE";
  return format == PixelFormat::gray_half ? "GRAYSCALE_FLOAT16" : "RGB";
}

size_t channels(PixelFormat format) {
  return format == PixelFormat::bgra || format == PixelFormat::argb ? 3 : 1;
}

size_t pixel_bytes(PixelFormat format) {
  return format == PixelFormat::gray_half ? sizeof(uint16_t) : layout_of(format).bytes;
}

void pack_pixels(const std::vector<float>& planes, PixelFormat format, ImageSize size,
                 size_t row_bytes, void* rows) {
  if (format == PixelFormat::gray_half) {
    const HalfRows half(size, row_bytes);
    write_elements(planes, models::DataType::fp16, half.shape, half.strides, rows);
    return;
  }
  const ByteLayout& layout = layout_of(format);
  const size_t plane = size.height * size.width;
  for (size_t y = 0; y < size.height; ++y) {
    uint8_t* pixel = static_cast<uint8_t*>(rows) + y * row_bytes;
    for (size_t x = 0; x < size.width; ++x, pixel += layout.bytes) {
      if (layout.bytes > 1) pixel[layout.alpha] = kOpaque;
      for (size_t channel = 0; channel < channels(format); ++channel) {
        pixel[layout.channel[channel]] = to_byte(planes[channel * plane + y * size.width + x]);
      }
    }
  }
}

std::vector<float> unpack_pixels(const void* rows, PixelFormat format, ImageSize size,
                                 size_t row_bytes) {
  if (format == PixelFormat::gray_half) {
    const HalfRows half(size, row_bytes);
    return read_elements(rows, models::DataType::fp16, half.shape, half.strides);
  }
  const ByteLayout& layout = layout_of(format);
  const size_t plane = size.height * size.width;
  std::vector<float> planes(channels(format) * plane);
  for (size_t y = 0; y < size.height; ++y) {
    const uint8_t* pixel = static_cast<const uint8_t*>(rows) + y * row_bytes;
    for (size_t x = 0; x < size.width; ++x, pixel += layout.bytes) {
      for (size_t channel = 0; channel < channels(format); ++channel) {
        planes[channel * plane + y * size.width + x] = pixel[layout.channel[channel]];
      }
    }
  }
  return planes;
}

}  // namespace anemon::profiler
