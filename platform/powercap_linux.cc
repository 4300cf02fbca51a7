#include "platform/powercap.h"

namespace anemon {
namespace {

class LinuxPowercap final : public Powercap {
 public:
  explicit LinuxPowercap(const HostRoot& root) : directory_(root.sysfs / "class/powercap") {}

  bool rescan() override {
    std::vector<PowercapZone> zones;
    for (const std::string& id : kernel_directory(directory_)) {
      // "intel-rapl" is the control type itself, "intel-rapl:0" a zone, "intel-rapl:0:1" a part.
      const size_t colon = id.find(':');
      std::error_code ignored;
      if (colon == std::string::npos ||
          !std::filesystem::exists(directory_ / id / "energy_uj", ignored)) {
        continue;
      }
      PowercapZone zone;
      zone.id = id;
      zone.control_type = id.substr(0, colon);
      zone.name = kernel_text(directory_ / id / "name");
      KernelFile range(directory_ / id / "max_energy_range_uj");
      if (range.read(zone.max_energy_range_uj) != ReadStatus::ok) zone.max_energy_range_uj = 0;
      zones.push_back(std::move(zone));
    }
    if (zones == zones_) return false;
    zones_ = std::move(zones);
    files_.clear();
    for (const PowercapZone& zone : zones_) files_.emplace_back(directory_ / zone.id / "energy_uj");
    return true;
  }

  const std::vector<PowercapZone>& zones() const override { return zones_; }

  ReadStatus read_energy(size_t zone, int64_t& microjoules) override {
    return files_[zone].read(microjoules);
  }

 private:
  const std::filesystem::path directory_;
  std::vector<PowercapZone> zones_;
  std::vector<KernelFile> files_;
};

}  // namespace

std::unique_ptr<Powercap> open_powercap(const HostRoot& root) {
  return std::make_unique<LinuxPowercap>(root);
}

}  // namespace anemon
