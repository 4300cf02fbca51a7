// Processor time and context switches come from getrusage(2): /proc/self/stat counts in ticks of
// 10 ms, too coarse for a daemon that needs less than that a minute.
#include <fcntl.h>
#include <unistd.h>

#include <array>

#include "platform/boot_time.h"
#include "platform/file_descriptor.h"
#include "platform/kernel_file.h"
#include "platform/open_files.h"
#include "platform/own_process.h"
#include "platform/procfs_text.h"

namespace anemon {
namespace {

class LinuxOwnProcess final : public OwnProcessSource {
 public:
  explicit LinuxOwnProcess(const HostRoot& root)
      : stat_(root.procfs / "self/stat"),
        files_(::open((root.procfs / "self/fd").c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)),
        boot_wall_(boot_wall(root)),
        tick_(1'000'000'000 / ::sysconf(_SC_CLK_TCK)),
        page_bytes_(static_cast<uint64_t>(::sysconf(_SC_PAGESIZE))) {}

  OwnProcess read() override {
    OwnProcess own = own_usage();
    own.open_files = count_open_files(files_.get()).count;
    std::array<char, 1024> buffer;
    std::string_view text;
    if (stat_.read(buffer, text) != ReadStatus::ok) return own;
    if (const auto stat = parse_pid_stat(text)) {
      own.resident_bytes = stat->resident_pages * page_bytes_;
      own.virtual_bytes = stat->virtual_bytes;
      own.threads = stat->threads;
      if (boot_wall_ && stat->start_ticks < static_cast<uint64_t>(Duration::max() / tick_ / 2)) {
        own.started_wall = *boot_wall_ + static_cast<int64_t>(stat->start_ticks) * tick_;
      }
    }
    return own;
  }

 private:
  KernelFile stat_;
  const FileDescriptor files_;
  const std::optional<Duration> boot_wall_;
  const Duration tick_;
  const uint64_t page_bytes_;
};

}  // namespace

std::unique_ptr<OwnProcessSource> open_own_process(const HostRoot& root) {
  return std::make_unique<LinuxOwnProcess>(root);
}

}  // namespace anemon
