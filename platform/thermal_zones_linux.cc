#include "platform/thermal_zones.h"

namespace anemon {
namespace {

std::vector<ThermalTrip> trips_of(const std::filesystem::path& zone) {
  std::vector<std::string> entries = kernel_directory(zone);
  sort_numbered(entries);
  std::vector<ThermalTrip> trips;
  constexpr std::string_view kSuffix = "_temp";
  for (const std::string& entry : entries) {
    if (!entry.ends_with(kSuffix)) continue;
    const std::string point = entry.substr(0, entry.size() - kSuffix.size());
    ThermalTrip trip;
    KernelFile temperature(zone / entry);
    if (!numbered_name(point, "trip_point_", trip.number) ||
        temperature.read(trip.millicelsius) != ReadStatus::ok) {
      continue;
    }
    trip.type = kernel_text(zone / (point + "_type"));
    trips.push_back(std::move(trip));
  }
  return trips;
}

class LinuxThermalZones final : public ThermalZones {
 public:
  explicit LinuxThermalZones(const HostRoot& root) : directory_(root.sysfs / "class/thermal") {}

  bool rescan() override {
    std::vector<ThermalZone> zones;
    std::vector<KernelFile> files;
    std::vector<std::string> names = kernel_directory(directory_);
    sort_numbered(names);
    for (const std::string& name : names) {
      ThermalZone zone;
      if (!numbered_name(name, "thermal_zone", zone.number)) continue;
      zone.type = kernel_text(directory_ / name / "type");
      zone.trips = trips_of(directory_ / name);
      zones.push_back(std::move(zone));
      files.emplace_back(directory_ / name / "temp");
    }
    if (zones == zones_) return false;
    zones_ = std::move(zones);
    files_ = std::move(files);
    return true;
  }

  const std::vector<ThermalZone>& zones() const override { return zones_; }

  ReadStatus read_temperature(size_t zone, int64_t& millicelsius) override {
    return files_[zone].read(millicelsius);
  }

 private:
  const std::filesystem::path directory_;
  std::vector<ThermalZone> zones_;
  std::vector<KernelFile> files_;
};

}  // namespace

std::unique_ptr<ThermalZones> open_thermal_zones(const HostRoot& root) {
  return std::make_unique<LinuxThermalZones>(root);
}

}  // namespace anemon
