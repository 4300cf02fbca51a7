#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>

#include "core/trimmed.h"
#include "platform/kernel_file.h"

namespace anemon {
namespace {

ReadStatus status_of(int error) {
  switch (error) {
    case ENOENT:
    case ENODEV:
    case ENXIO:
    case ENOTDIR:
    case ESRCH:
      return ReadStatus::absent;
    case EACCES:
    case EPERM:
      return ReadStatus::refused;
    default:
      return ReadStatus::failed;
  }
}

}  // namespace

ReadStatus KernelFile::read(std::span<char> buffer, std::string_view& text) {
  if (path_.empty()) return ReadStatus::absent;
  // A descriptor outlives its device (ENODEV for ever): the second try opens the file anew, which
  // finds a device that came back under the same name.
  for (int attempt = 0;; ++attempt) {
    const bool kept = static_cast<bool>(descriptor_);
    if (!kept) {
      int opened = -1;
      do {
        opened = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
      } while (opened < 0 && errno == EINTR);
      if (opened < 0) return status_of(errno);
      descriptor_ = FileDescriptor(opened);
    }
    ssize_t got = 0;
    do {
      got = ::pread(descriptor_.get(), buffer.data(), buffer.size(), 0);
    } while (got < 0 && errno == EINTR);
    if (got < 0) {
      // Who could open may read: EPERM is a driver's word for "not now" (a sleeping GPU).
      const ReadStatus status = errno == EPERM ? ReadStatus::failed : status_of(errno);
      if (status != ReadStatus::failed) descriptor_ = FileDescriptor();
      if (status == ReadStatus::absent && kept && attempt == 0) continue;
      return status;
    }
    if (static_cast<size_t>(got) == buffer.size()) return ReadStatus::failed;
    text = std::string_view(buffer.data(), static_cast<size_t>(got));
    return ReadStatus::ok;
  }
}

ReadStatus KernelFile::read(int64_t& number) {
  std::array<char, 32> buffer;
  std::string_view text;
  const ReadStatus status = read(buffer, text);
  if (status != ReadStatus::ok) return status;
  return parse_integer(text, number) ? ReadStatus::ok : ReadStatus::failed;
}

std::string kernel_text(const std::filesystem::path& path) {
  KernelFile file(path);
  std::array<char, 4096> buffer;
  std::string_view text;
  if (file.read(buffer, text) != ReadStatus::ok) return {};
  return std::string(trimmed(text, kWhiteSpace));
}

std::vector<std::string> kernel_directory(const std::filesystem::path& path) {
  std::vector<std::string> names;
  const std::unique_ptr<DIR, int (*)(DIR*)> directory(::opendir(path.c_str()), ::closedir);
  if (!directory) return names;
  while (const dirent* entry = ::readdir(directory.get())) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace anemon
