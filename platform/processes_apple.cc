// One call of libproc per process and pass, and a second one where the neural footprint is counted.
// Processes of other users answer EPERM unless we are root: they are counted and left out.
//
// A process's start is the Unix time that the kernel noted then, less the time of boot as it was
// when this object was made: a clock that is set later moves neither.
#include <libproc.h>

#include <cerrno>
#include <cstring>
#include <optional>
#include <span>

#include "core/error.h"
#include "platform/boot_time.h"
#include "platform/mach_ticks_apple.h"
#include "platform/open_files_apple.h"
#include "platform/process_listing.h"
#include "platform/process_usage_apple.h"
#include "platform/processes.h"

namespace anemon {

const size_t ProcessName::kKernelBytes = 2 * MAXCOMLEN - 1;

namespace {

constexpr size_t kFirstPids = 1024;
constexpr size_t kMaxPids = 1 << 20;

ProcessRead read_info(pid_t pid, proc_taskallinfo& info) {
  const int filled = ::proc_pidinfo(pid, PROC_PIDTASKALLINFO, 0, &info, sizeof info);
  return filled == static_cast<int>(sizeof info) ? ProcessRead::ok : failed_process_read();
}

template <size_t size>
std::string_view bounded_text(const char (&text)[size]) {
  return {text, ::strnlen(text, size)};
}

class AppleWatchedProcess final : public WatchedProcess {
 public:
  AppleWatchedProcess(pid_t pid, uint64_t started_ticks, bool counts_neural)
      : pid_(pid), started_ticks_(started_ticks), counts_neural_(counts_neural) {}

  bool read(ProcessDetails& details) override {
    details = {};
    rusage_info_v6 usage{};
    const ProcessRead status = read_usage(pid_, usage);
    // A process that took on another user is still there.
    if (status == ProcessRead::refused) details.open_files_refused = true;
    if (status != ProcessRead::ok) return status == ProcessRead::refused;
    if (usage.ri_proc_start_abstime != started_ticks_) return false;
    details.resident_bytes = usage.ri_resident_size;
    details.footprint_bytes = usage.ri_phys_footprint;
    details.peak_footprint_bytes = usage.ri_lifetime_max_phys_footprint;
    details.energy_nanojoules = usage.ri_energy_nj;
    if (counts_neural_) {
      const NeuralFootprint neural = neural_footprint(usage);
      details.neural_footprint_bytes = neural.bytes;
      details.peak_neural_footprint_bytes = neural.peak_bytes;
    }
    const OpenFiles files = open_files_.count(pid_);
    details.open_files = files.count;
    details.open_files_refused = files.refused;
    return true;
  }

 private:
  const pid_t pid_;
  const uint64_t started_ticks_;
  const bool counts_neural_;
  OpenFileCounter open_files_;
};

class AppleProcesses final : public Processes {
 public:
  explicit AppleProcesses(const HostRoot& root)
      : boot_wall_(boot_wall(root).value_or(Duration::zero())) {}

  void list(std::vector<ProcessRecord>& records) override { list(records, true, {}); }

  void list_active(std::vector<ProcessRecord>& records, std::span<const pid_t> fresh) override {
    list(records, false, fresh);
  }

  uint64_t refused() const noexcept override { return refused_.size(); }
  std::span<const pid_t> refused_pids() const noexcept override { return refused_; }

  Lookup look_up(pid_t pid, ProcessRecord& record) override {
    switch (read_record(pid, record)) {
      case ProcessRead::ok:
        return Lookup::found;
      case ProcessRead::refused:
        return Lookup::refused;
      case ProcessRead::gone:
        break;
    }
    return Lookup::gone;
  }

  std::unique_ptr<WatchedProcess> watch(const ProcessRecord& record) override {
    // In this order: whoever has the pid in the second call and started when the record says had it
    // in the first call too.
    rusage_info_v6 usage{};
    proc_taskallinfo info{};
    if (read_usage(record.pid, usage) != ProcessRead::ok ||
        read_info(record.pid, info) != ProcessRead::ok || started(info) != record.started) {
      return nullptr;
    }
    return std::make_unique<AppleWatchedProcess>(record.pid, usage.ri_proc_start_abstime,
                                                 counts_neural_);
  }

 private:
  struct Nothing {};

  void list(std::vector<ProcessRecord>& records, bool all, std::span<const pid_t> fresh) {
    list_pids();
    refused_.clear();
    listing_.list(
        pids_to_list(), all, fresh, records,
        [this](pid_t pid, Nothing&) -> std::optional<ProcessRecord> {
          ProcessRecord record;
          const ProcessRead status = read_record(pid, record);
          if (status == ProcessRead::refused) refused_.push_back(pid);
          return status == ProcessRead::ok ? std::optional(record) : std::nullopt;
        },
        [](const Nothing&) {});
  }

  // Without pid 0, the kernel itself.
  std::span<const pid_t> pids_to_list() const {
    const auto end = pids_.begin() + static_cast<ptrdiff_t>(found_);
    return {std::upper_bound(pids_.begin(), end, 0), end};
  }

  void list_pids() {
    if (pids_.empty()) pids_.resize(kFirstPids);
    while (true) {
      const int found =
          ::proc_listallpids(pids_.data(), static_cast<int>(pids_.size() * sizeof(pid_t)));
      if (found <= 0) {
        throw Error(std::string("cannot list the processes of this machine: ") +
                    std::strerror(errno));
      }
      found_ = static_cast<size_t>(found);
      if (found_ < pids_.size() || pids_.size() >= kMaxPids) break;
      pids_.resize(pids_.size() * 2);  // the list may be cut
    }
    found_ = std::min(found_, pids_.size());
    std::sort(pids_.begin(), pids_.begin() + static_cast<ptrdiff_t>(found_));
  }

  ProcessRead read_record(pid_t pid, ProcessRecord& record) const {
    proc_taskallinfo info{};
    if (const ProcessRead status = read_info(pid, info); status != ProcessRead::ok) return status;
    const std::string_view name = bounded_text(info.pbsd.pbi_name);
    record.pid = pid;
    record.started = started(info);
    record.cpu = ticks_.to_duration(info.ptinfo.pti_total_user + info.ptinfo.pti_total_system);
    record.resident_bytes = info.ptinfo.pti_resident_size;
    record.threads = static_cast<uint64_t>(std::max(info.ptinfo.pti_threadnum, 0));
    record.name = ProcessName(name.empty() ? bounded_text(info.pbsd.pbi_comm) : name);
    if (!counts_neural_) return ProcessRead::ok;
    rusage_info_v6 usage{};
    const ProcessRead status = read_usage(pid, usage);
    if (status == ProcessRead::ok) record.neural_footprint_bytes = neural_footprint(usage).bytes;
    return status;
  }

  Duration started(const proc_taskallinfo& info) const {
    return std::chrono::seconds(static_cast<int64_t>(info.pbsd.pbi_start_tvsec)) +
           std::chrono::microseconds(static_cast<int64_t>(info.pbsd.pbi_start_tvusec)) - boot_wall_;
  }

  const Duration boot_wall_;
  const MachTicks ticks_;
  const bool counts_neural_ = kernel_counts_neural_footprint();
  std::vector<pid_t> pids_;  // grows only; the first found_ are of the last list
  size_t found_ = 0;
  ProcessListing<Nothing> listing_;
  std::vector<pid_t> refused_;  // by the last list
};

}  // namespace

std::unique_ptr<Processes> open_processes(const HostRoot& root) {
  return std::make_unique<AppleProcesses>(root);
}

}  // namespace anemon
