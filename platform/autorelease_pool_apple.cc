#include "platform/autorelease_pool_apple.h"

#include "platform/dynamic_library_apple.h"

namespace anemon {
namespace {

// The functions that compilers call for @autoreleasepool; the runtime has no header with them.
struct Runtime {
  void* (*push)() = nullptr;
  void (*pop)(void*) = nullptr;

  Runtime() {
    const DynamicLibrary library("/usr/lib/libobjc.A.dylib");
    if (!library.find("objc_autoreleasePoolPush", push) ||
        !library.find("objc_autoreleasePoolPop", pop)) {
      push = nullptr;
    }
  }
};

const Runtime& runtime() {
  static const Runtime found;
  return found;
}

}  // namespace

AutoreleasePool::AutoreleasePool() {
  if (runtime().push != nullptr) pool_ = runtime().push();
}

AutoreleasePool::~AutoreleasePool() {
  if (pool_ != nullptr) runtime().pop(pool_);
}

}  // namespace anemon
