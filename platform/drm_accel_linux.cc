#include <array>

#include "platform/drm_accel.h"

namespace anemon {
namespace {

constexpr std::array<const char*, 5> kAttributes = {  // by AccelValue
    "npu_busy_time_us", "npu_memory_utilization", "npu_current_frequency_mhz", "freq/hw_min_freq",
    "npu_max_frequency_mhz"};

class LinuxAccelerators final : public Accelerators {
 public:
  explicit LinuxAccelerators(const HostRoot& root) : directory_(root.sysfs / "class/accel") {}

  bool rescan() override {
    std::vector<AccelDevice> devices;
    std::vector<std::string> names = kernel_directory(directory_);
    sort_numbered(names);
    for (const std::string& name : names) {
      AccelDevice device;
      if (!numbered_name(name, "accel", device.number)) continue;
      std::error_code ignored;
      device.driver =
          std::filesystem::read_symlink(directory_ / name / "device/driver", ignored).filename();
      devices.push_back(std::move(device));
    }
    if (devices == devices_) return false;
    devices_ = std::move(devices);
    files_.clear();
    for (const AccelDevice& device : devices_) {
      const std::filesystem::path path =
          directory_ / ("accel" + std::to_string(device.number)) / "device";
      Files& files = files_.emplace_back();
      for (size_t i = 0; i < kAttributes.size(); ++i) {
        // What a driver does not offer shall cost no system call at every pass.
        std::error_code ignored;
        const std::filesystem::path file = path / kAttributes[i];
        if (std::filesystem::exists(file, ignored)) files.values[i] = KernelFile(file);
      }
      files.runtime_status = KernelFile(path / "power/runtime_status");
    }
    return true;
  }

  const std::vector<AccelDevice>& devices() const override { return devices_; }

  ReadStatus read(size_t device, AccelValue which, int64_t& value) override {
    return files_[device].values[static_cast<size_t>(which)].read(value);
  }

  ReadStatus read_runtime_status(size_t device, std::span<char> buffer,
                                 std::string_view& text) override {
    return files_[device].runtime_status.read(buffer, text);
  }

 private:
  struct Files {
    std::array<KernelFile, kAttributes.size()> values;
    KernelFile runtime_status;
  };

  const std::filesystem::path directory_;
  std::vector<AccelDevice> devices_;
  std::vector<Files> files_;
};

}  // namespace

std::unique_ptr<Accelerators> open_accelerators(const HostRoot& root) {
  return std::make_unique<LinuxAccelerators>(root);
}

}  // namespace anemon
