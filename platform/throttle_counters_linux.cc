#include <set>
#include <utility>

#include "platform/thermal_zones.h"

namespace anemon {
namespace {

class LinuxThrottleCounters final : public ThrottleCounters {
 public:
  explicit LinuxThrottleCounters(const HostRoot& root)
      : directory_(root.sysfs / "devices/system/cpu") {}

  bool rescan() override {
    std::vector<ThrottleCounter> counters;
    std::vector<KernelFile> files;
    std::set<int64_t> packages;
    std::set<std::pair<int64_t, int64_t>> cores;
    std::vector<std::string> names = kernel_directory(directory_);
    sort_numbered(names);
    for (const std::string& name : names) {
      int64_t cpu = 0;
      const std::filesystem::path path = directory_ / name;
      std::error_code ignored;
      if (!numbered_name(name, "cpu", cpu) ||
          !std::filesystem::exists(path / "thermal_throttle", ignored)) {
        continue;
      }
      int64_t package = 0;
      int64_t core = cpu;
      KernelFile(path / "topology/physical_package_id").read(package);
      KernelFile(path / "topology/core_id").read(core);
      if (cores.emplace(package, core).second) {
        counters.push_back({ThrottleCounter::Level::core, package, cpu});
        files.emplace_back(path / "thermal_throttle/core_throttle_count");
      }
      if (packages.insert(package).second) {
        counters.push_back({ThrottleCounter::Level::package, package, cpu});
        files.emplace_back(path / "thermal_throttle/package_throttle_count");
      }
    }
    if (counters == counters_) return false;
    counters_ = std::move(counters);
    files_ = std::move(files);
    return true;
  }

  const std::vector<ThrottleCounter>& counters() const override { return counters_; }

  ReadStatus read(size_t counter, int64_t& events) override { return files_[counter].read(events); }

 private:
  const std::filesystem::path directory_;
  std::vector<ThrottleCounter> counters_;
  std::vector<KernelFile> files_;
};

}  // namespace

std::unique_ptr<ThrottleCounters> open_throttle_counters(const HostRoot& root) {
  return std::make_unique<LinuxThrottleCounters>(root);
}

}  // namespace anemon
