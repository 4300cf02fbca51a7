// The kinds are those of Activity Monitor: what is used is what applications hold (without what
// they declared purgeable), wired and compressed memory; the rest can be had at once.
#include <mach/host_info.h>
#include <mach/mach_host.h>
#include <mach/vm_statistics.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>

#include "platform/mach_host_apple.h"
#include "platform/memory.h"
#include "platform/sysctl_apple.h"

namespace anemon {
namespace {

// Systems append fields: an older one than this was built for fills fewer words. Ours are all there
// when those up to the last that is read are.
constexpr mach_msg_type_number_t kWordsRead =
    offsetof(vm_statistics64_data_t, internal_page_count) / sizeof(integer_t);
static_assert(offsetof(vm_statistics64_data_t, internal_page_count) ==
              offsetof(vm_statistics64_data_t, external_page_count) + sizeof(natural_t));

class AppleMemory final : public MemorySource {
 public:
  ReadStatus read(MemorySnapshot& snapshot) override {
    vm_statistics64_data_t pages{};
    mach_msg_type_number_t words = HOST_VM_INFO64_COUNT;
    if (::host_statistics64(host_.get(), HOST_VM_INFO64, reinterpret_cast<host_info64_t>(&pages),
                            &words) != KERN_SUCCESS ||
        words < kWordsRead) {
      return ReadStatus::failed;
    }
    snapshot = {};
    snapshot.total = total_;
    // Pages read ahead count as free and as pages of files.
    snapshot.free = bytes(pages.free_count - std::min(pages.free_count, pages.speculative_count));
    snapshot.cached = bytes(uint64_t{pages.external_page_count} + pages.purgeable_count);
    snapshot.available = *snapshot.free + *snapshot.cached;
    snapshot.wired = bytes(pages.wire_count);
    snapshot.compressed = bytes(pages.compressor_page_count);
    xsw_usage swap{};
    if (sysctl_structure("vm.swapusage", swap)) {
      snapshot.swap_total = swap.xsu_total;
      snapshot.swap_free = swap.xsu_avail;
    }
    if (const auto level = sysctl_number("kern.memorystatus_vm_pressure_level")) {
      snapshot.pressure_level = static_cast<uint32_t>(*level);
    }
    return ReadStatus::ok;
  }

  ReadStatus read(MemoryStall&) override { return ReadStatus::absent; }

 private:
  uint64_t bytes(uint64_t pages) const { return pages * page_bytes_; }

  const MachHost host_;
  const uint64_t page_bytes_ = static_cast<uint64_t>(::getpagesize());
  const std::optional<uint64_t> total_ = sysctl_number("hw.memsize");
};

}  // namespace

std::unique_ptr<MemorySource> open_memory(const HostRoot&) {
  return std::make_unique<AppleMemory>();
}

}  // namespace anemon
