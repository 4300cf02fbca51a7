// Apple's frameworks leave objects for the thread's innermost pool to release. A thread without one
// keeps them for ever: every pass over a device gets its own.
#pragma once

namespace anemon {

class AutoreleasePool {
 public:
  AutoreleasePool();
  ~AutoreleasePool();
  AutoreleasePool(const AutoreleasePool&) = delete;
  AutoreleasePool& operator=(const AutoreleasePool&) = delete;

 private:
  void* pool_ = nullptr;
};

}  // namespace anemon
