// CVPixelBuffer.
#include <atomic>

#import "tests/fake_coreml/fake_script.h"

namespace {

constexpr size_t kRowBytes = 64;  // rows begin at multiples

std::atomic<long> live_buffers{0};

size_t pixel_bytes(OSType format) {
  switch (format) {
    case kCVPixelFormatType_OneComponent8:
      return 1;
    case kCVPixelFormatType_OneComponent16Half:
      return 2;
    default:
      return 4;
  }
}

}  // namespace

struct __CVBuffer {
  std::atomic<long> references{1};
  size_t width = 0, height = 0, row_bytes = 0;
  OSType format = 0;
  long locks = 0;
  std::vector<uint8_t> memory;
};

const CFStringRef kCVPixelBufferIOSurfacePropertiesKey =
    reinterpret_cast<CFStringRef>(@"IOSurfaceProperties");

CVReturn CVPixelBufferCreate(CFAllocatorRef, size_t width, size_t height, OSType format,
                             CFDictionaryRef attributes, CVPixelBufferRef* made) {
  NSDictionary* const wanted = (NSDictionary*)attributes;
  if (fake_coreml::script().no_pixel_buffers) return kCVReturnAllocationFailed;
  if ([wanted objectForKey:@"IOSurfaceProperties"] == nil) return kCVReturnError;
  auto* const buffer = new __CVBuffer;
  buffer->width = width;
  buffer->height = height;
  buffer->format = format;
  buffer->row_bytes = (width * pixel_bytes(format) + kRowBytes) / kRowBytes * kRowBytes;
  buffer->memory.assign(buffer->row_bytes * height, 0x7B);
  ++live_buffers;
  *made = buffer;
  return kCVReturnSuccess;
}

CVPixelBufferRef CVPixelBufferRetain(CVPixelBufferRef buffer) {
  if (buffer != nullptr) ++buffer->references;
  return buffer;
}

void CVPixelBufferRelease(CVPixelBufferRef buffer) {
  if (buffer == nullptr || --buffer->references > 0) return;
  --live_buffers;
  delete buffer;
}

CVReturn CVPixelBufferLockBaseAddress(CVPixelBufferRef buffer, CVPixelBufferLockFlags) {
  ++buffer->locks;
  return kCVReturnSuccess;
}

CVReturn CVPixelBufferUnlockBaseAddress(CVPixelBufferRef buffer, CVPixelBufferLockFlags) {
  --buffer->locks;
  return kCVReturnSuccess;
}

void* CVPixelBufferGetBaseAddress(CVPixelBufferRef buffer) {
  return buffer->locks > 0 ? buffer->memory.data() : nullptr;
}
size_t CVPixelBufferGetBytesPerRow(CVPixelBufferRef buffer) { return buffer->row_bytes; }
size_t CVPixelBufferGetWidth(CVPixelBufferRef buffer) { return buffer->width; }
size_t CVPixelBufferGetHeight(CVPixelBufferRef buffer) { return buffer->height; }
OSType CVPixelBufferGetPixelFormatType(CVPixelBufferRef buffer) { return buffer->format; }

namespace fake_coreml {

long live_pixel_buffers() { return live_buffers; }

namespace {

// Where red, green and blue lie in a pixel of four bytes.
size_t byte_of(OSType format, size_t channel) {
  return format == kCVPixelFormatType_32BGRA ? 2 - channel : 1 + channel;
}

}  // namespace

std::vector<double> read_pixels(CVPixelBufferRef image) {
  std::vector<double> planes;
  const size_t channels = pixel_bytes(image->format) == 4 ? 3 : 1;
  for (size_t channel = 0; channel < channels; ++channel) {
    for (size_t y = 0; y < image->height; ++y) {
      for (size_t x = 0; x < image->width; ++x) {
        const size_t at = y * image->row_bytes + x * pixel_bytes(image->format);
        planes.push_back(channels == 1 ? image->memory[at]
                                       : image->memory[at + byte_of(image->format, channel)]);
      }
    }
  }
  return planes;
}

CVPixelBufferRef make_pixels(const Feature& feature, const std::vector<double>& planes) {
  NSDictionary* const attributes = [NSDictionary dictionaryWithObject:[NSDictionary dictionary]
                                                               forKey:@"IOSurfaceProperties"];
  CVPixelBufferRef image = nullptr;
  CVPixelBufferCreate(nullptr, static_cast<size_t>(feature.shape[1]),
                      static_cast<size_t>(feature.shape[0]), feature.pixels,
                      (CFDictionaryRef)attributes, &image);
  const size_t channels = pixel_bytes(feature.pixels) == 4 ? 3 : 1;
  const size_t plane = image->height * image->width;
  for (size_t channel = 0; channel < channels; ++channel) {
    for (size_t y = 0; y < image->height; ++y) {
      for (size_t x = 0; x < image->width; ++x) {
        const size_t at = y * image->row_bytes + x * pixel_bytes(feature.pixels);
        image->memory[channels == 1 ? at : at + byte_of(feature.pixels, channel)] =
            static_cast<uint8_t>(planes[channel * plane + y * image->width + x]);
      }
    }
  }
  return image;
}

}  // namespace fake_coreml
