#include <system_error>

#include "platform/executable_path.h"

namespace anemon {

std::filesystem::path executable_path() {
  std::error_code error;
  return std::filesystem::read_symlink("/proc/self/exe", error);
}

}  // namespace anemon
