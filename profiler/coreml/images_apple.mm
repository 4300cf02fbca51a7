#include "profiler/coreml/images_apple.h"

#include <string>

#include "core/error.h"
#include "profiler/coreml/objc_apple.h"

namespace anemon::profiler {
namespace {

// Its memory can be touched between lock and unlock.
class Locked {
 public:
  Locked(CVPixelBufferRef buffer, CVPixelBufferLockFlags flags) : buffer_(buffer), flags_(flags) {
    const CVReturn status = CVPixelBufferLockBaseAddress(buffer_, flags_);
    if (status != kCVReturnSuccess) {
      throw Error("an image's memory cannot be reached: CoreVideo error " + std::to_string(status));
    }
  }
  ~Locked() { CVPixelBufferUnlockBaseAddress(buffer_, flags_); }
  Locked(const Locked&) = delete;
  Locked& operator=(const Locked&) = delete;

 private:
  CVPixelBufferRef buffer_;
  CVPixelBufferLockFlags flags_;
};

std::string four_characters(OSType type) {
  std::string text;
  for (int shift = 24; shift >= 0; shift -= 8) text += static_cast<char>((type >> shift) & 0xFF);
  return text;
}

}  // namespace

PixelFormat to_pixel_format(OSType type) {
  switch (type) {
    case kCVPixelFormatType_32BGRA:
      return PixelFormat::bgra;
    case kCVPixelFormatType_32ARGB:
      return PixelFormat::argb;
    case kCVPixelFormatType_OneComponent8:
      return PixelFormat::gray;
    case kCVPixelFormatType_OneComponent16Half:
      return PixelFormat::gray_half;
    default:
      throw Error("images of pixel format '" + four_characters(type) + "' are not supported");
  }
}

PixelBuffer make_image(const std::vector<float>& planes, OSType type, ImageSize size) {
  const PixelFormat format = to_pixel_format(type);
  NSDictionary* const attributes = [NSDictionary
      dictionaryWithObject:[NSDictionary dictionary]
                    forKey:ANEMON_BRIDGED(NSString*, kCVPixelBufferIOSurfacePropertiesKey)];
  CVPixelBufferRef made = nullptr;
  const CVReturn status = CVPixelBufferCreate(nullptr, size.width, size.height, type,
                                              ANEMON_BRIDGED(CFDictionaryRef, attributes), &made);
  if (status != kCVReturnSuccess || made == nullptr) {
    throw Error("an image of " + std::to_string(size.height) + "x" + std::to_string(size.width) +
                " cannot be made: CoreVideo error " + std::to_string(status));
  }
  PixelBuffer image(made);
  const Locked locked(made, 0);
  pack_pixels(planes, format, size, CVPixelBufferGetBytesPerRow(made),
              CVPixelBufferGetBaseAddress(made));
  return image;
}

std::vector<float> read_image(CVPixelBufferRef image, ImageSize& size) {
  const PixelFormat format = to_pixel_format(CVPixelBufferGetPixelFormatType(image));
  size = {CVPixelBufferGetHeight(image), CVPixelBufferGetWidth(image)};
  const Locked locked(image, kCVPixelBufferLock_ReadOnly);
  return unpack_pixels(CVPixelBufferGetBaseAddress(image), format, size,
                       CVPixelBufferGetBytesPerRow(image));
}

}  // namespace anemon::profiler
