// Costs decide the shape: to open, read and close /proc/<pid>/stat takes more than twice as long as
// to read it through a kept descriptor, so descriptors are kept, as many as a quarter of the
// process's limit and never more than kMaxKept. A kept one is bound to the process, not to the
// number: it answers ESRCH when the process has ended, even if the pid lives on.
#include <dirent.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <limits>
#include <span>
#include <string>

#include "core/error.h"
#include "platform/file_descriptor.h"
#include "platform/open_files.h"
#include "platform/process_listing.h"
#include "platform/processes.h"
#include "platform/procfs_text.h"

namespace anemon {

const size_t ProcessName::kKernelBytes = 15;  // TASK_COMM_LEN less the NUL

namespace {

constexpr size_t kMaxKept = 512;
constexpr size_t kMaxStat = 1024;    // a line of 52 numbers and a name is far shorter
constexpr size_t kMaxStatus = 8192;  // the masks of processors and nodes can be long

struct KernelUnits {
  uint64_t ticks_per_second = static_cast<uint64_t>(::sysconf(_SC_CLK_TCK));
  uint64_t page_bytes = static_cast<uint64_t>(::sysconf(_SC_PAGESIZE));
};

// Unset when the number cannot be a time.
std::optional<Duration> from_ticks(uint64_t ticks, const KernelUnits& units) {
  const uint64_t nanoseconds = 1'000'000'000 / units.ticks_per_second;
  if (ticks > static_cast<uint64_t>(std::numeric_limits<int64_t>::max()) / nanoseconds) {
    return std::nullopt;
  }
  return Duration(static_cast<int64_t>(ticks * nanoseconds));
}

std::optional<ProcessRecord> decode(pid_t pid, std::string_view text, const KernelUnits& units) {
  const auto stat = parse_pid_stat(text);
  if (!stat || stat->user_ticks + stat->system_ticks < stat->user_ticks) return std::nullopt;
  const auto started = from_ticks(stat->start_ticks, units);
  const auto cpu = from_ticks(stat->user_ticks + stat->system_ticks, units);
  if (!started || !cpu || stat->resident_pages > (uint64_t{1} << 52) / units.page_bytes) {
    return std::nullopt;
  }
  return ProcessRecord{pid,           *started,
                       *cpu,          stat->resident_pages * units.page_bytes,
                       stat->threads, ProcessName(stat->name)};
}

// Path of a file of a process, relative to procfs.
class PidPath {
 public:
  PidPath(pid_t pid, std::string_view file) {
    char* end = std::to_chars(path_.data(), path_.data() + path_.size(), pid).ptr;
    *end++ = '/';
    end = std::copy(file.begin(), file.end(), end);
    *end = '\0';
  }
  const char* c_str() const noexcept { return path_.data(); }

 private:
  std::array<char, 32> path_;
};

// Opens a file of a process. None: the process is gone, or the file is not for us. A lack of
// descriptors or memory is no property of the process: Error.
FileDescriptor open_at(int directory, const char* path, int flags) {
  const int fd = ::openat(directory, path, flags | O_CLOEXEC);
  if (fd < 0 && (errno == EMFILE || errno == ENFILE || errno == ENOMEM)) {
    throw Error(std::string("cannot open the process file ") + path + ": " + std::strerror(errno),
                "raise the limit of open files");
  }
  return FileDescriptor(fd);
}

std::string_view read_at(int fd, std::span<char> buffer) {
  const ssize_t got = ::pread(fd, buffer.data(), buffer.size(), 0);
  return got > 0 ? std::string_view(buffer.data(), static_cast<size_t>(got)) : std::string_view();
}

class LinuxWatchedProcess final : public WatchedProcess {
 public:
  LinuxWatchedProcess(FileDescriptor status, FileDescriptor files)
      : status_(std::move(status)), files_(std::move(files)) {}

  bool read(ProcessDetails& details) override {
    details = {};
    std::array<char, kMaxStatus> buffer;
    std::string_view text = read_at(status_.get(), buffer);
    if (text.empty()) return false;
    while (!text.empty()) {
      const KeyValue row = parse_key_value(take_line(text));
      if (row.key == "VmRSS") details.resident_bytes = row.value;
      if (row.key == "VmHWM") details.peak_resident_bytes = row.value;
      if (row.key == "VmSwap") details.swap_bytes = row.value;
    }
    const OpenFiles files = count_open_files(files_.get());
    details.open_files = files.count;
    details.open_files_refused = files.refused;
    return true;
  }

 private:
  FileDescriptor status_;
  FileDescriptor files_;  // O_PATH of the directory of its descriptors
};

class LinuxProcesses final : public Processes {
 public:
  explicit LinuxProcesses(const HostRoot& root)
      : root_(root), directory_(::opendir(root.procfs.c_str()), ::closedir) {
    if (!directory_) {
      throw Error("cannot list processes in " + root.procfs.string() + ": " + std::strerror(errno));
    }
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) {
      max_kept_ = static_cast<size_t>(std::min<rlim_t>(kMaxKept, limit.rlim_cur / 4));
    }
  }

  void list(std::vector<ProcessRecord>& records) override { list(records, true, {}); }

  void list_active(std::vector<ProcessRecord>& records, std::span<const pid_t> fresh) override {
    list(records, false, fresh);
  }

  Lookup look_up(pid_t pid, ProcessRecord& record) override {
    FileDescriptor unkept;
    const std::optional<ProcessRecord> found = read_record(pid, unkept);
    if (!found) return Lookup::gone;
    record = *found;
    return Lookup::found;
  }

  std::unique_ptr<WatchedProcess> watch(const ProcessRecord& record) override {
    const int procfs = ::dirfd(directory_.get());
    FileDescriptor status = open_at(procfs, PidPath(record.pid, "status").c_str(), O_RDONLY);
    FileDescriptor files = open_at(procfs, PidPath(record.pid, "fd").c_str(), O_PATH | O_DIRECTORY);
    if (!status) return nullptr;
    // Both were opened by number: only now is it known whose they are.
    std::array<char, kMaxStat> buffer;
    const FileDescriptor stat = open_at(procfs, PidPath(record.pid, "stat").c_str(), O_RDONLY);
    if (!stat) return nullptr;
    const auto now = decode(record.pid, read_at(stat.get(), buffer), units_);
    if (!now || now->started != record.started) return nullptr;
    return std::make_unique<LinuxWatchedProcess>(std::move(status), std::move(files));
  }

 private:
  void list(std::vector<ProcessRecord>& records, bool all, std::span<const pid_t> fresh) {
    list_pids();
    kept_ = 0;
    listing_.list(
        pids_, all, fresh, records,
        [this](pid_t pid, FileDescriptor& stat) { return read_record(pid, stat); },
        [this](const FileDescriptor& stat) { kept_ += stat ? 1 : 0; });
  }

  void list_pids() {
    pids_.clear();
    ::rewinddir(directory_.get());
    for (errno = 0; const dirent* entry = ::readdir(directory_.get()); errno = 0) {
      const std::string_view name = entry->d_name;
      pid_t pid = 0;
      const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), pid);
      if (error != std::errc() || end != name.data() + name.size() || pid <= 0) continue;
      pids_.push_back(pid);
    }
    if (errno != 0) {
      throw Error("cannot list processes in " + root_.procfs.string() + ": " +
                  std::strerror(errno));
    }
    if (!std::is_sorted(pids_.begin(), pids_.end())) std::sort(pids_.begin(), pids_.end());
  }

  // `fd` is the kept descriptor, if any, and afterwards the one to keep.
  std::optional<ProcessRecord> read_record(pid_t pid, FileDescriptor& fd) {
    std::array<char, kMaxStat> buffer;
    if (fd) {
      const std::string_view text = read_at(fd.get(), buffer);
      if (!text.empty()) return decode(pid, text, units_);
      fd = FileDescriptor();  // that process has ended, and another one may have its pid
    }
    const int procfs = ::dirfd(directory_.get());
    FileDescriptor opened = open_at(procfs, PidPath(pid, "stat").c_str(), O_RDONLY);
    if (!opened) return std::nullopt;
    const std::string_view text = read_at(opened.get(), buffer);
    if (text.empty()) return std::nullopt;
    if (kept_ < max_kept_) fd = std::move(opened);
    return decode(pid, text, units_);
  }

  const HostRoot root_;
  const KernelUnits units_;
  const std::unique_ptr<DIR, int (*)(DIR*)> directory_;
  size_t max_kept_ = 0;
  std::vector<pid_t> pids_;
  ProcessListing<FileDescriptor> listing_;  // keeps stat files, none beyond max_kept_
  size_t kept_ = 0;                         // so far in the list being made
};

}  // namespace

std::unique_ptr<Processes> open_processes(const HostRoot& root) {
  return std::make_unique<LinuxProcesses>(root);
}

}  // namespace anemon
