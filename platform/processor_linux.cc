#include <unistd.h>

#include <limits>

#include "platform/processor.h"
#include "platform/procfs_text.h"

namespace anemon {
namespace {

// The line of interrupts grows with the hardware: about 20 kB on a server with 200 cores. Memory
// that is never written costs nothing.
constexpr size_t kMaxStat = 512 * 1024;

class LinuxProcessor final : public ProcessorSource {
 public:
  explicit LinuxProcessor(const HostRoot& root)
      : stat_(root.procfs / "stat"),
        loadavg_(root.procfs / "loadavg"),
        buffer_(new char[kMaxStat]),
        tick_(1'000'000'000 / ::sysconf(_SC_CLK_TCK)) {}

  ReadStatus read(std::vector<CoreTimes>& cores) override {
    std::string_view text;
    const ReadStatus status = stat_.read({buffer_.get(), kMaxStat}, text);
    if (status != ReadStatus::ok) return status;
    cores.clear();
    while (text.starts_with("cpu")) {
      const auto line = parse_core_ticks(take_line(text));
      if (!line || (!cores.empty() && line->core <= cores.back().core)) continue;
      CoreTimes times;
      times.core = line->core;
      for (size_t mode = 0; mode < line->modes; ++mode) {
        if (line->ticks[mode] > static_cast<uint64_t>(Duration::max() / tick_)) continue;
        times.by_mode[mode] = static_cast<int64_t>(line->ticks[mode]) * tick_;
        times.modes |= 1U << mode;
      }
      cores.push_back(times);
    }
    return cores.empty() ? ReadStatus::failed : ReadStatus::ok;
  }

  ReadStatus read(LoadAverages& loads) override {
    std::string_view text;
    const ReadStatus status = loadavg_.read({buffer_.get(), 256}, text);
    if (status != ReadStatus::ok) return status;
    const auto parsed = parse_load_average(text);
    if (!parsed) return ReadStatus::failed;
    loads = *parsed;
    return ReadStatus::ok;
  }

 private:
  KernelFile stat_;
  KernelFile loadavg_;
  const std::unique_ptr<char[]> buffer_;
  const Duration tick_;
};

}  // namespace

std::unique_ptr<ProcessorSource> open_processor(const HostRoot& root) {
  return std::make_unique<LinuxProcessor>(root);
}

}  // namespace anemon
