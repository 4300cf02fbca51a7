#include <mach-o/dyld.h>

#include <cstdint>
#include <string>
#include <system_error>

#include "platform/executable_path.h"

namespace anemon {

std::filesystem::path executable_path() {
  uint32_t size = 0;
  _NSGetExecutablePath(nullptr, &size);
  std::string buffer(size, '\0');
  if (_NSGetExecutablePath(buffer.data(), &size) != 0) return {};
  std::error_code error;
  const auto path = std::filesystem::absolute(buffer.c_str(), error);
  return error ? std::filesystem::path() : path.lexically_normal();
}

}  // namespace anemon
