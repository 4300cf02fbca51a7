#include "collectors/energy_components.h"

#include <algorithm>
#include <array>

#include "collectors/sensor_name.h"

namespace anemon {
namespace {

struct ZoneRow {
  std::string_view name, component;
};

// Source: the domain names in drivers/powercap/intel_rapl_common.c. "core" is all cores of a
// package, "uncore" on client parts the graphics, "psys" the whole platform.
constexpr std::array kZones = {
    ZoneRow{"core", "cpu"},
    ZoneRow{"uncore", "gpu"},
    ZoneRow{"dram", "dram"},
    ZoneRow{"psys", "system"},
};

struct SourceRow {
  std::string_view control_type, name;
};

// In order of trust. The MSR, TPMI and MMIO interfaces show the same RAPL counters.
constexpr std::array kSources = {
    SourceRow{"intel-rapl", "rapl"},
    SourceRow{"intel-rapl-tpmi", "rapl-tpmi"},
    SourceRow{"intel-rapl-mmio", "rapl-mmio"},
};

struct ChannelRow {
  std::string_view chip;  // exact, or a prefix before a number
  bool numbered_chip;
  std::string_view label;  // exact, or a prefix before a number; empty for any
  bool numbered_label;
  std::string_view component;
};

constexpr std::array kChannels = {
    // Apple's System Management Controller under Linux; labels of arch/arm64/boot/dts/apple/
    // hwmon-*.dtsi. The "heatpipe" is what the heat pipe cools: the whole system on a chip.
    ChannelRow{"macsmc_hwmon", false, "Total System Power", false, "system"},
    ChannelRow{"macsmc_hwmon", false, "AC Input Power", false, "ac_input"},
    ChannelRow{"macsmc_hwmon", false, "3.8 V Rail Power", false, "rail_3v8"},
    ChannelRow{"macsmc_hwmon", false, "Heatpipe Power", false, "soc"},
    // drivers/gpu/drm/amd/pm/amdgpu_pm.c: package power tracking.
    ChannelRow{"amdgpu", false, "PPT", false, "gpu"},
    // drivers/gpu/drm/xe/xe_hwmon.c and i915/i915_hwmon.c. The card contains the package.
    ChannelRow{"xe", false, "pkg", false, "gpu"},
    ChannelRow{"xe", false, "card", false, "gpu_card"},
    ChannelRow{"i915", false, "energy", true, "gpu"},
    // drivers/gpu/drm/nouveau/nouveau_hwmon.c.
    ChannelRow{"nouveau", false, "power", true, "gpu"},
    // drivers/hwmon/acpi_power_meter.c: the machine's input.
    ChannelRow{"power_meter", false, "power", true, "system"},
    // drivers/power/supply/power_supply_hwmon.c names its chips after the supply.
    ChannelRow{"BAT", true, "", false, "battery"},
    ChannelRow{"macsmc_battery", false, "", false, "battery"},
    // drivers/hwmon/amd_energy.c of kernels before 5.13.
    ChannelRow{"amd_energy", false, "Ecore", true, "cpu"},
};

bool matches(std::string_view text, std::string_view pattern, bool numbered) {
  int64_t number = 0;
  return numbered ? numbered_name(text, pattern, number) : text == pattern;
}

}  // namespace

std::string powercap_component(const PowercapZone& zone) {
  const auto row = std::find_if(kZones.begin(), kZones.end(), [&](const ZoneRow& candidate) {
    return candidate.name == zone.name;
  });
  return row != kZones.end() ? std::string(row->component) : label_text(zone.name);
}

std::string hwmon_power_component(const HwmonChannel& channel) {
  for (const ChannelRow& row : kChannels) {
    if (matches(channel.chip, row.chip, row.numbered_chip) &&
        (row.label.empty() || matches(channel.label, row.label, row.numbered_label))) {
      return std::string(row.component);
    }
  }
  return sensor_name(channel);
}

bool flows_both_ways(std::string_view component) { return component == "battery"; }

EnergySourceName powercap_source(std::string_view control_type) {
  for (size_t i = 0; i < kSources.size(); ++i) {
    if (kSources[i].control_type == control_type) {
      return {std::string(kSources[i].name), static_cast<int>(i)};
    }
  }
  return {label_text(control_type), static_cast<int>(kSources.size())};
}

EnergySourceName hwmon_source() { return {"hwmon", static_cast<int>(kSources.size()) + 1}; }

}  // namespace anemon
