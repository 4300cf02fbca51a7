// CoreVideo's pixel buffers, as far as images of a model need them. Their memory is plain, and rows
// are further apart than their pixels, as on a Mac.
#pragma once

#include <cstddef>
#include <cstdint>

using OSType = uint32_t;
using CFStringRef = const struct __CFString*;
using CFDictionaryRef = const struct __CFDictionary*;
using CFAllocatorRef = const struct __CFAllocator*;

using CVReturn = int32_t;
using CVPixelBufferRef = struct __CVBuffer*;
using CVPixelBufferLockFlags = uint64_t;

enum : CVReturn { kCVReturnSuccess = 0, kCVReturnError = -6660, kCVReturnAllocationFailed = -6662 };
enum : CVPixelBufferLockFlags { kCVPixelBufferLock_ReadOnly = 1 };
enum : OSType {
  kCVPixelFormatType_32ARGB = 0x20,
  kCVPixelFormatType_32BGRA = 0x42475241,              // 'BGRA'
  kCVPixelFormatType_OneComponent8 = 0x4C303038,       // 'L008'
  kCVPixelFormatType_OneComponent16Half = 0x4C303068,  // 'L00h'
};

extern const CFStringRef kCVPixelBufferIOSurfacePropertiesKey;

CVReturn CVPixelBufferCreate(CFAllocatorRef allocator, size_t width, size_t height, OSType format,
                             CFDictionaryRef attributes, CVPixelBufferRef* made);
CVPixelBufferRef CVPixelBufferRetain(CVPixelBufferRef buffer);
void CVPixelBufferRelease(CVPixelBufferRef buffer);  // null is allowed
CVReturn CVPixelBufferLockBaseAddress(CVPixelBufferRef buffer, CVPixelBufferLockFlags flags);
CVReturn CVPixelBufferUnlockBaseAddress(CVPixelBufferRef buffer, CVPixelBufferLockFlags flags);
void* CVPixelBufferGetBaseAddress(CVPixelBufferRef buffer);  // null unless locked
size_t CVPixelBufferGetBytesPerRow(CVPixelBufferRef buffer);
size_t CVPixelBufferGetWidth(CVPixelBufferRef buffer);
size_t CVPixelBufferGetHeight(CVPixelBufferRef buffer);
OSType CVPixelBufferGetPixelFormatType(CVPixelBufferRef buffer);
