#include <array>

#include "platform/cpufreq.h"

namespace anemon {
namespace {

class LinuxClockDomains final : public ClockDomains {
 public:
  explicit LinuxClockDomains(const HostRoot& root)
      : policies_(root.sysfs / "devices/system/cpu/cpufreq"),
        devices_(root.sysfs / "class/devfreq") {}

  bool rescan() override {
    std::vector<ClockDomain> domains;
    std::vector<std::string> names = kernel_directory(policies_);
    sort_numbered(names);
    for (const std::string& name : names) {
      int64_t number = 0;
      if (!numbered_name(name, "policy", number)) continue;
      domains.push_back(
          {name, kernel_text(policies_ / name / "related_cpus"), ClockDomain::Kind::cpufreq});
    }
    for (const std::string& name : kernel_directory(devices_)) {
      domains.push_back({name, {}, ClockDomain::Kind::devfreq});
    }
    if (domains == domains_) return false;
    domains_ = std::move(domains);
    files_.clear();
    for (const ClockDomain& domain : domains_) files_.push_back(files_of(domain));
    return true;
  }

  const std::vector<ClockDomain>& domains() const override { return domains_; }

  ReadStatus read(size_t domain, ClockValue which, int64_t& value) override {
    return files_[domain].values[static_cast<size_t>(which)].read(value);
  }

  ReadStatus read_time_in_state(size_t domain, std::span<char> buffer,
                                std::string_view& text) override {
    return files_[domain].time_in_state.read(buffer, text);
  }

 private:
  struct Files {
    std::array<KernelFile, 4> values;  // by ClockValue
    KernelFile time_in_state;
  };

  // Files that are missing at the scan cost no system call later.
  static KernelFile existing(const std::filesystem::path& path) {
    std::error_code ignored;
    return std::filesystem::exists(path, ignored) ? KernelFile(path) : KernelFile();
  }

  Files files_of(const ClockDomain& domain) const {
    Files files;
    if (domain.kind == ClockDomain::Kind::devfreq) {
      const std::filesystem::path path = devices_ / domain.id;
      files.values = {KernelFile(), existing(path / "cur_freq"), existing(path / "min_freq"),
                      existing(path / "max_freq")};
    } else {
      const std::filesystem::path path = policies_ / domain.id;
      files.values = {existing(path / "cpuinfo_avg_freq"), existing(path / "scaling_cur_freq"),
                      existing(path / "cpuinfo_min_freq"), existing(path / "cpuinfo_max_freq")};
      files.time_in_state = existing(path / "stats/time_in_state");
    }
    return files;
  }

  const std::filesystem::path policies_;
  const std::filesystem::path devices_;
  std::vector<ClockDomain> domains_;
  std::vector<Files> files_;
};

}  // namespace

std::unique_ptr<ClockDomains> open_clock_domains(const HostRoot& root) {
  return std::make_unique<LinuxClockDomains>(root);
}

}  // namespace anemon
