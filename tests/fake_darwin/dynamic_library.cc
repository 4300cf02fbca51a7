// dlopen and dlsym as the Apple sources see them: Apple's paths lead to this library, and
// IOReport's to a library of its own that is really loaded.
#include <dlfcn.h>

#include <cstring>
#include <string_view>

#include "tests/fake_darwin/fake_mac.h"

#undef dlopen
#undef dlsym

using anemon::fake::FakeMac;

namespace {

constexpr std::string_view kIoReport = "/usr/lib/libIOReport.dylib";
constexpr std::string_view kInside[] = {
    "/usr/lib/libobjc.A.dylib", "/System/Library/Frameworks/IOKit.framework/IOKit",
    "/System/Library/Frameworks/IOKit.framework/Versions/A/IOKit"};

}  // namespace

extern "C" {

void* fake_darwin_dlopen(const char* path, int mode) {
  if (path == nullptr) return dlopen(FAKE_DARWIN_LIBRARY, mode);
  const std::string_view wanted = path;
  if (FakeMac::current().edit()->missing_libraries.count(path) != 0) return nullptr;
  if (wanted == kIoReport) return dlopen(FAKE_IOREPORT_LIBRARY, mode);
  for (const std::string_view inside : kInside) {
    if (wanted == inside) return dlopen(FAKE_DARWIN_LIBRARY, mode);
  }
  return nullptr;
}

void* fake_darwin_dlsym(void* handle, const char* name) {
  if (FakeMac::current().edit()->missing_symbols.count(name) != 0) return nullptr;
  return dlsym(handle, name);
}

}  // extern "C"
