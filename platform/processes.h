// The processes of the machine: a cheap record of every one, and full detail of a few. Numbers are
// brought to one unit and otherwise left as the kernel gives them.
//
// Threads: one thread owns the object. No allocation in the steady state.
#pragma once

#include <sys/types.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "core/clock.h"
#include "platform/host_root.h"

namespace anemon {

struct RootHelperStatus;

// Bytes as the kernel has them: any byte but NUL, cut at kMaxBytes.
class ProcessName {
 public:
  static constexpr size_t kMaxBytes = 64;
  // The kernel itself cuts the names of ordinary processes at this many bytes.
  static const size_t kKernelBytes;

  ProcessName() = default;
  explicit ProcessName(std::string_view bytes)
      : size_(static_cast<uint8_t>(std::min(bytes.size(), kMaxBytes))) {
    std::copy_n(bytes.data(), size_, bytes_.data());
  }
  std::string_view view() const noexcept { return {bytes_.data(), size_}; }
  bool operator==(const ProcessName& other) const noexcept { return view() == other.view(); }

 private:
  std::array<char, kMaxBytes> bytes_{};
  uint8_t size_ = 0;
};

struct ProcessRecord {
  pid_t pid = 0;
  Duration started{};  // since the boot of the machine; with the pid, the process's identity
  Duration cpu{};      // user and system time so far
  uint64_t resident_bytes = 0;
  uint64_t threads = 0;
  ProcessName name;
  // macOS: memory held for the Neural Engine. Unset where the system does not count it.
  std::optional<uint64_t> neural_footprint_bytes{};

  bool operator==(const ProcessRecord&) const = default;
};

struct ProcessDetails {
  std::optional<uint64_t> resident_bytes;  // exact where the record's figure is approximate
  std::optional<uint64_t> peak_resident_bytes;
  std::optional<uint64_t> swap_bytes;
  std::optional<uint64_t> open_files;
  bool open_files_refused = false;
  // macOS. The neural footprint is not part of the footprint.
  std::optional<uint64_t> footprint_bytes, peak_footprint_bytes;
  std::optional<uint64_t> neural_footprint_bytes, peak_neural_footprint_bytes;
  std::optional<uint64_t> energy_nanojoules;  // what the system estimates of its processor time
};

// Kept handles of one process, which never come to mean another one that got its pid.
class WatchedProcess {
 public:
  virtual ~WatchedProcess() = default;
  // False once the process is gone.
  virtual bool read(ProcessDetails& details) = 0;
};

class Processes {
 public:
  virtual ~Processes() = default;

  // Replaces `records` by all processes that can be seen, in order of pid. Processes that end
  // meanwhile are left out. Throws Error when the system cannot be asked at all.
  virtual void list(std::vector<ProcessRecord>& records) = 0;

  // The same for less: of a process whose record did not change in its last kSettledReadings
  // readings, only every kIdleInterval-th call takes a new one, unless its pid is in `fresh`
  // (sorted). One that uses no processor time hardly changes otherwise.
  virtual void list_active(std::vector<ProcessRecord>& records, std::span<const pid_t> fresh) = 0;
  static constexpr int kSettledReadings = 4;
  static constexpr int kIdleInterval = 6;

  // Processes that the last list left out because the system does not let us read them.
  virtual uint64_t refused() const noexcept { return 0; }
  // Their pids, sorted; valid until the next list.
  virtual std::span<const pid_t> refused_pids() const noexcept { return {}; }

  // One process, anew: apart from lists, and not counted as refused. Recordings have lists alone,
  // where every process is gone.
  enum class Lookup : uint8_t { found, refused, gone };
  virtual Lookup look_up(pid_t, ProcessRecord&) { return Lookup::gone; }

  // How the root helper does whose figures complete ours (root_helper.h). Null: there is none.
  virtual const RootHelperStatus* helper() const noexcept { return nullptr; }

  // Null when the process has ended.
  virtual std::unique_ptr<WatchedProcess> watch(const ProcessRecord& record) = 0;
};

// Null where this program has no source.
std::unique_ptr<Processes> open_processes(const HostRoot& root);

}  // namespace anemon
