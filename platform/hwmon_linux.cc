#include <algorithm>
#include <array>

#include "platform/hwmon.h"

namespace anemon {
namespace {

struct Attribute {
  HwmonQuantity quantity;
  std::string_view prefix, suffix;
};

constexpr std::array kAttributes = {
    Attribute{HwmonQuantity::energy, "energy", "_input"},
    Attribute{HwmonQuantity::power, "power", "_average"},
    Attribute{HwmonQuantity::power, "power", "_input"},
    Attribute{HwmonQuantity::temperature, "temp", "_input"},
    Attribute{HwmonQuantity::fan, "fan", "_input"},
};

class LinuxHwmon final : public Hwmon {
 public:
  LinuxHwmon(const HostRoot& root, std::span<const HwmonQuantity> quantities)
      : directory_(root.sysfs / "class/hwmon"), quantities_(quantities.begin(), quantities.end()) {}

  bool rescan() override {
    std::vector<HwmonChannel> channels;
    std::vector<Files> files;
    std::vector<std::string> chips = kernel_directory(directory_);
    sort_numbered(chips);
    for (const std::string& chip : chips) scan_chip(chip, channels, files);
    if (channels == channels_) return false;
    channels_ = std::move(channels);
    files_ = std::move(files);
    return true;
  }

  const std::vector<HwmonChannel>& channels() const override { return channels_; }

  ReadStatus read(size_t channel, int64_t& value) override {
    if (asleep(files_[channel].runtime_status)) return ReadStatus::failed;
    return files_[channel].value.read(value);
  }

  bool faulty(size_t channel) override {
    int64_t fault = 0;
    return files_[channel].fault.read(fault) == ReadStatus::ok && fault != 0;
  }

 private:
  struct Files {
    KernelFile value;
    // Of no path when the chip has none: that costs nothing.
    KernelFile fault;
    KernelFile runtime_status;
  };

  static bool asleep(KernelFile& runtime_status) {
    std::array<char, 32> buffer;
    std::string_view text;
    return runtime_status.read(buffer, text) == ReadStatus::ok && text.starts_with("suspended");
  }

  void scan_chip(const std::string& name, std::vector<HwmonChannel>& channels,
                 std::vector<Files>& files) const {
    const std::filesystem::path path = directory_ / name;
    std::vector<std::string> entries = kernel_directory(path);
    sort_numbered(entries);
    const auto has = [&](const std::string& entry) {
      return std::find(entries.begin(), entries.end(), entry) != entries.end();
    };
    const std::string chip = kernel_text(path / "name");
    std::error_code ignored;
    const std::string device = std::filesystem::read_symlink(path / "device", ignored).filename();
    const std::filesystem::path status = path / "device/power/runtime_status";
    const std::string at_scan = kernel_text(status);
    const bool sleeps = !at_scan.empty() && at_scan != "unsupported";
    for (const Attribute& attribute : kAttributes) {
      if (std::find(quantities_.begin(), quantities_.end(), attribute.quantity) ==
          quantities_.end()) {
        continue;
      }
      for (const std::string& entry : entries) {
        if (!entry.ends_with(attribute.suffix)) continue;
        const std::string sensor = entry.substr(0, entry.size() - attribute.suffix.size());
        int64_t number = 0;
        if (!numbered_name(sensor, attribute.prefix, number)) continue;
        const bool momentary = attribute.suffix == "_input";
        if (attribute.quantity == HwmonQuantity::power && momentary && has(sensor + "_average")) {
          continue;
        }
        HwmonChannel channel;
        channel.id = name + "/" + sensor;
        channel.chip = chip;
        channel.device = device;
        channel.label = kernel_text(path / (sensor + "_label"));
        if (channel.label.empty()) channel.label = sensor;
        channel.quantity = attribute.quantity;
        channels.push_back(std::move(channel));
        const bool tells_fault = has(sensor + "_fault");
        files.push_back({KernelFile(path / entry),
                         tells_fault ? KernelFile(path / (sensor + "_fault")) : KernelFile(),
                         sleeps ? KernelFile(status) : KernelFile()});
      }
    }
  }

  const std::filesystem::path directory_;
  const std::vector<HwmonQuantity> quantities_;
  std::vector<HwmonChannel> channels_;
  std::vector<Files> files_;
};

}  // namespace

std::unique_ptr<Hwmon> open_hwmon(const HostRoot& root, std::span<const HwmonQuantity> quantities) {
  return std::make_unique<LinuxHwmon>(root, quantities);
}

}  // namespace anemon
