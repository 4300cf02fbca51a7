#include <vector>

#include "platform/boot_time.h"
#include "platform/kernel_file.h"
#include "platform/procfs_text.h"

namespace anemon {

std::optional<Duration> boot_wall(const HostRoot& root) {
  constexpr uint64_t kLastSecond = 9'000'000'000;  // beyond, a Duration overflows
  std::vector<char> buffer(512 * 1024);
  KernelFile file(root.procfs / "stat");
  std::string_view text;
  if (file.read(buffer, text) != ReadStatus::ok) return std::nullopt;
  const auto boot = parse_boot_time(text);
  if (!boot || *boot > kLastSecond) return std::nullopt;
  return std::chrono::seconds(*boot);
}

}  // namespace anemon
