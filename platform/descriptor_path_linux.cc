#include <system_error>

#include "platform/descriptor_path.h"

namespace anemon {

std::filesystem::path path_of_descriptor(int descriptor) {
  std::error_code error;
  auto path = std::filesystem::read_symlink("/proc/self/fd/" + std::to_string(descriptor), error);
  return path.is_absolute() ? path : std::filesystem::path();
}

}  // namespace anemon
