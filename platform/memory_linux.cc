#include <array>
#include <limits>

#include "platform/memory.h"
#include "platform/procfs_text.h"

namespace anemon {
namespace {

class LinuxMemory final : public MemorySource {
 public:
  explicit LinuxMemory(const HostRoot& root)
      : meminfo_(root.procfs / "meminfo"), pressure_(root.procfs / "pressure/memory") {}

  ReadStatus read(MemorySnapshot& snapshot) override {
    std::string_view text;
    const ReadStatus status = meminfo_.read(buffer_, text);
    if (status != ReadStatus::ok) return status;
    snapshot = {};
    while (!text.empty()) {
      const KeyValue row = parse_key_value(take_line(text));
      if (row.key == "MemTotal") snapshot.total = row.value;
      if (row.key == "MemAvailable") snapshot.available = row.value;
      if (row.key == "MemFree") snapshot.free = row.value;
      if (row.key == "Cached") snapshot.cached = row.value;
      if (row.key == "SwapTotal") snapshot.swap_total = row.value;
      if (row.key == "SwapFree") snapshot.swap_free = row.value;
    }
    return snapshot.total ? ReadStatus::ok : ReadStatus::failed;
  }

  // The file is there but answers EOPNOTSUPP when the kernel was started with psi=0: `failed` would
  // cry for ever over what is a choice, so every failure to read counts as absent.
  ReadStatus read(MemoryStall& stall) override {
    std::string_view text;
    const ReadStatus status = pressure_.read(buffer_, text);
    if (status != ReadStatus::ok) {
      return status == ReadStatus::refused ? status : ReadStatus::absent;
    }
    stall = {};
    while (!text.empty()) {
      const auto line = parse_pressure_line(take_line(text));
      if (!line || line->total_microseconds > kMaxMicroseconds) continue;
      const auto total = std::chrono::microseconds(line->total_microseconds);
      if (line->kind == "some") stall.some = total;
      if (line->kind == "full") stall.full = total;
    }
    return stall.some || stall.full ? ReadStatus::ok : ReadStatus::failed;
  }

 private:
  static constexpr uint64_t kMaxMicroseconds =
      static_cast<uint64_t>(std::numeric_limits<int64_t>::max()) / 1000;

  KernelFile meminfo_;
  KernelFile pressure_;
  std::array<char, 8192> buffer_;
};

}  // namespace

std::unique_ptr<MemorySource> open_memory(const HostRoot& root) {
  return std::make_unique<LinuxMemory>(root);
}

}  // namespace anemon
