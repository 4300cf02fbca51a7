#include "daemon/rotated_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "platform/descriptor_path.h"
#include "platform/file_descriptor.h"

namespace anemon {
namespace {

bool same_file(const struct stat& a, const struct stat& b) {
  return a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

}  // namespace

RotatedFile::RotatedFile(int descriptor) : descriptor_(descriptor) {
  struct stat file {};
  if (::fstat(descriptor, &file) == 0 && S_ISREG(file.st_mode)) {
    path_ = path_of_descriptor(descriptor);
  }
}

void RotatedFile::follow() const noexcept {
  struct stat current {};
  struct stat at_path {};
  if (path_.empty() || ::lstat(path_.c_str(), &at_path) != 0 || !S_ISREG(at_path.st_mode) ||
      ::fstat(descriptor_, &current) != 0 || same_file(current, at_path)) {
    return;
  }
  const FileDescriptor next(
      ::open(path_.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (next.get() >= 0) ::dup2(next.get(), descriptor_);
}

}  // namespace anemon
