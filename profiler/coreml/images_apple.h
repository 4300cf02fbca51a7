// Images in and out of CVPixelBuffer.
#pragma once

#import <CoreVideo/CoreVideo.h>

#include <utility>
#include <vector>

#include "profiler/coreml/pixels.h"

namespace anemon::profiler {

// Throws Error for formats that Core ML does not use for images.
PixelFormat to_pixel_format(OSType type);

// Owns one pixel buffer.
class PixelBuffer {
 public:
  explicit PixelBuffer(CVPixelBufferRef owned) : buffer_(owned) {}
  PixelBuffer(PixelBuffer&& other) noexcept : buffer_(std::exchange(other.buffer_, nullptr)) {}
  PixelBuffer& operator=(PixelBuffer&&) = delete;
  ~PixelBuffer() { CVPixelBufferRelease(buffer_); }

  CVPixelBufferRef get() const { return buffer_; }

 private:
  CVPixelBufferRef buffer_;
};

// In memory that the GPU and the Neural Engine can reach, as frames of a camera are. Call inside a
// pool. Throws Error when there is no memory.
PixelBuffer make_image(const std::vector<float>& planes, OSType type, ImageSize size);

// `size` is set to the image's.
std::vector<float> read_image(CVPixelBufferRef image, ImageSize& size);

}  // namespace anemon::profiler
