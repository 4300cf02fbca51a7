#include <fcntl.h>
#include <sys/param.h>

#include "platform/descriptor_path.h"

namespace anemon {

std::filesystem::path path_of_descriptor(int descriptor) {
  char path[MAXPATHLEN];
  return ::fcntl(descriptor, F_GETPATH, path) == 0 ? path : std::filesystem::path();
}

}  // namespace anemon
