#include <mach/mach_host.h>
#include <mach/processor_info.h>
#include <mach/vm_map.h>
#include <unistd.h>

#include <cstdlib>
#include <span>
#include <utility>

#include "platform/mach_host_apple.h"
#include "platform/processor.h"

namespace anemon {
namespace {

constexpr std::array<std::pair<int, CoreMode>, 4> kStates = {{{CPU_STATE_USER, CoreMode::user},
                                                              {CPU_STATE_NICE, CoreMode::nice},
                                                              {CPU_STATE_SYSTEM, CoreMode::system},
                                                              {CPU_STATE_IDLE, CoreMode::idle}}};

// The kernel's answer, which it maps into our memory at every call.
class LoadTable {
 public:
  explicit LoadTable(mach_port_t host) {
    processor_info_array_t words = nullptr;
    natural_t cores = 0;
    if (::host_processor_info(host, PROCESSOR_CPU_LOAD_INFO, &cores, &words, &words_) !=
        KERN_SUCCESS) {
      return;
    }
    first_ = words;
    const auto* loads = reinterpret_cast<const processor_cpu_load_info*>(words);
    if (words_ >= cores * PROCESSOR_CPU_LOAD_INFO_COUNT) cores_ = {loads, cores};
  }
  ~LoadTable() {
    if (first_ == nullptr) return;
    ::vm_deallocate(mach_task_self(), reinterpret_cast<vm_address_t>(first_),
                    words_ * sizeof *first_);
  }
  LoadTable(const LoadTable&) = delete;
  LoadTable& operator=(const LoadTable&) = delete;

  std::span<const processor_cpu_load_info> cores() const noexcept { return cores_; }

 private:
  processor_info_array_t first_ = nullptr;
  mach_msg_type_number_t words_ = 0;
  std::span<const processor_cpu_load_info> cores_;
};

// A tick count of 32 bits starts again after 497 days. The kernel's may also step back a little:
// it then holds until the kernel has caught up.
class TickCounter {
 public:
  uint64_t extend(uint32_t ticks) {
    const bool begins_again = last_ >= kTopQuarter && ticks < kBottomQuarter;
    const bool steps_back_over = rounds_ > 0 && last_ < kBottomQuarter && ticks >= kTopQuarter;
    if (begins_again) rounds_ += uint64_t{1} << 32;
    if (begins_again || (ticks > last_ && !steps_back_over)) last_ = ticks;
    return rounds_ + last_;
  }

 private:
  static constexpr uint32_t kBottomQuarter = uint32_t{1} << 30, kTopQuarter = 3 * kBottomQuarter;

  uint64_t rounds_ = 0;
  uint32_t last_ = 0;
};

class AppleProcessor final : public ProcessorSource {
 public:
  ReadStatus read(std::vector<CoreTimes>& cores) override {
    const LoadTable table(host_.get());
    if (table.cores().empty()) return ReadStatus::failed;
    cores.clear();
    counters_.resize(table.cores().size());
    for (const processor_cpu_load_info& load : table.cores()) {
      CoreTimes times;
      times.core = static_cast<uint32_t>(cores.size());
      for (const auto& [state, core_mode] : kStates) {
        const auto mode = static_cast<size_t>(core_mode);
        TickCounter& counter = counters_[times.core][mode];
        times.by_mode[mode] = tick_ * static_cast<int64_t>(counter.extend(load.cpu_ticks[state]));
        times.modes |= 1U << mode;
      }
      cores.push_back(times);
    }
    return ReadStatus::ok;
  }

  ReadStatus read(LoadAverages& loads) override {
    const int count = static_cast<int>(loads.size());
    return ::getloadavg(loads.data(), count) == count ? ReadStatus::ok : ReadStatus::failed;
  }

 private:
  const MachHost host_;
  const Duration tick_{1'000'000'000 / ::sysconf(_SC_CLK_TCK)};
  std::vector<std::array<TickCounter, kCoreModes>> counters_;  // one per core
};

}  // namespace

std::unique_ptr<ProcessorSource> open_processor(const HostRoot&) {
  return std::make_unique<AppleProcessor>();
}

}  // namespace anemon
