#include <libproc.h>
#include <unistd.h>

#include "platform/open_files_apple.h"
#include "platform/own_process.h"

namespace anemon {
namespace {

class AppleOwnProcess final : public OwnProcessSource {
 public:
  OwnProcess read() override {
    OwnProcess own = own_usage();
    const pid_t pid = ::getpid();
    own.open_files = open_files_.count(pid).count;
    proc_taskallinfo info{};
    if (::proc_pidinfo(pid, PROC_PIDTASKALLINFO, 0, &info, sizeof info) == sizeof info) {
      own.resident_bytes = info.ptinfo.pti_resident_size;
      own.virtual_bytes = info.ptinfo.pti_virtual_size;
      own.threads = static_cast<uint64_t>(info.ptinfo.pti_threadnum);
      own.started_wall =
          std::chrono::seconds(static_cast<int64_t>(info.pbsd.pbi_start_tvsec)) +
          std::chrono::microseconds(static_cast<int64_t>(info.pbsd.pbi_start_tvusec));
    }
    return own;
  }

 private:
  OpenFileCounter open_files_;
};

}  // namespace

std::unique_ptr<OwnProcessSource> open_own_process(const HostRoot&) {
  return std::make_unique<AppleOwnProcess>();
}

}  // namespace anemon
