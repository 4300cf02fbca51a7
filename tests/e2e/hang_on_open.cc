// Preloaded into anemond by hung_test.py: opening a file whose path ends in $ANEMON_HANG never
// returns, as with a driver that has lost its device.
#include <dlfcn.h>
#include <fcntl.h>
#include <stdarg.h>
#include <unistd.h>

#include <cstdlib>
#include <string_view>

extern "C" int open(const char* path, int flags, ...) {
  const char* hang = std::getenv("ANEMON_HANG");
  while (hang != nullptr && std::string_view(path).ends_with(hang)) pause();
  va_list arguments;
  va_start(arguments, flags);
  const int mode = va_arg(arguments, int);  // garbage, and unused, without O_CREAT
  va_end(arguments);
  using Open = int (*)(const char*, int, ...);
  static const auto real = reinterpret_cast<Open>(dlsym(RTLD_NEXT, "open"));
  return real(path, flags, mode);
}
