#include "platform/open_files_apple.h"

#include <cerrno>

#include "platform/process_usage_apple.h"

namespace anemon {
namespace {

constexpr size_t kFirstSize = 256;
constexpr size_t kMaxFiles = 1 << 20;  // beyond, the count is left unknown

}  // namespace

OpenFiles OpenFileCounter::count(pid_t pid) {
  if (buffer_.empty()) buffer_.resize(kFirstSize);
  while (true) {
    const auto size = static_cast<int>(buffer_.size() * sizeof(proc_fdinfo));
    errno = 0;
    const int filled = ::proc_pidinfo(pid, PROC_PIDLISTFDS, 0, buffer_.data(), size);
    if (errno != 0) return {{}, failed_process_read() == ProcessRead::refused};
    if (filled < size) return {static_cast<uint64_t>(filled) / sizeof(proc_fdinfo), false};
    if (buffer_.size() >= kMaxFiles) return {};
    buffer_.resize(buffer_.size() * 2);  // the list may be cut
  }
}

}  // namespace anemon
