#include <fcntl.h>
#include <sys/resource.h>

#include <array>
#include <string>

#include "platform/child_memory.h"
#include "platform/file_descriptor.h"
#include "platform/procfs_text.h"

namespace anemon {
namespace {

struct StatusBytes {
  std::optional<uint64_t> anonymous, resident, swapped, data;
};

std::optional<StatusBytes> read_status(pid_t pid) {
  const std::string path = "/proc/" + std::to_string(pid) + "/status";
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  std::array<char, 8192> buffer;
  const ssize_t got = file ? ::read(file.get(), buffer.data(), buffer.size()) : -1;
  if (got <= 0) return std::nullopt;
  std::string_view text(buffer.data(), static_cast<size_t>(got));
  StatusBytes bytes;
  while (!text.empty()) {
    const KeyValue row = parse_key_value(take_line(text));
    if (row.key == "RssAnon") bytes.anonymous = row.value;
    if (row.key == "VmRSS") bytes.resident = row.value;
    if (row.key == "VmSwap") bytes.swapped = row.value;
    if (row.key == "VmData") bytes.data = row.value;
  }
  return bytes;
}

}  // namespace

std::optional<uint64_t> running_child_memory(pid_t child) {
  const auto bytes = read_status(child);
  if (!bytes || !bytes->resident) return std::nullopt;  // one that has ended keeps a status
  return bytes->anonymous.value_or(*bytes->resident) + bytes->swapped.value_or(0);
}

// RLIMIT_DATA counts what is private and writable (Linux 4.7). Counted from what there is: a
// sanitizer's shadow takes terabytes that are never used.
bool bound_child_growth(pid_t child, uint64_t bytes) {
  const auto now = read_status(child);
  if (!now || !now->data) return false;
  rlimit limit{};
  if (::prlimit(child, RLIMIT_DATA, nullptr, &limit) != 0) return false;
  const rlim_t wanted = *now->data + bytes;
  if (limit.rlim_max != RLIM_INFINITY && limit.rlim_max < wanted) return true;
  limit.rlim_cur = wanted;
  return ::prlimit(child, RLIMIT_DATA, &limit, nullptr) == 0;
}

}  // namespace anemon
