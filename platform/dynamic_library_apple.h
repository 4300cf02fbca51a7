// A library of the system, loaded for the life of the program. Its file need not exist on disk (the
// system keeps its libraries in one cache), so only the attempt to load it tells whether it is
// there.
#pragma once

#include <dlfcn.h>

namespace anemon {

class DynamicLibrary {
 public:
  explicit DynamicLibrary(const char* path) : handle_(dlopen(path, RTLD_LAZY | RTLD_LOCAL)) {}

  explicit operator bool() const noexcept { return handle_ != nullptr; }

  // Sets `function`, to null when there is no such symbol; tells whether there is one.
  template <class Function>
  bool find(const char* name, Function*& function) const {
    void* symbol = handle_ == nullptr ? nullptr : dlsym(handle_, name);
    function = reinterpret_cast<Function*>(symbol);
    return symbol != nullptr;
  }

 private:
  void* handle_;
};

}  // namespace anemon
