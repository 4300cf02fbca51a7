#include "collectors/temperature_components.h"

#include <algorithm>
#include <array>

namespace anemon {
namespace {

struct ChipRow {
  std::string_view chip;  // exact, or a prefix before a number
  bool numbered;
  std::string_view component;
};

// Chip names as their drivers register them.
constexpr std::array kChips = {
    ChipRow{"coretemp", false, "cpu"},          // drivers/hwmon/coretemp.c
    ChipRow{"k10temp", false, "cpu"},           // drivers/hwmon/k10temp.c
    ChipRow{"k8temp", false, "cpu"},            // drivers/hwmon/k8temp.c
    ChipRow{"zenpower", false, "cpu"},          // a module outside the kernel, for AMD
    ChipRow{"cpu_thermal", false, "cpu"},       // thermal zones of ARM boards, thermal_hwmon.c
    ChipRow{"amdgpu", false, "gpu"},            // drivers/gpu/drm/amd/pm/amdgpu_pm.c
    ChipRow{"radeon", false, "gpu"},            // drivers/gpu/drm/radeon/radeon_pm.c
    ChipRow{"nouveau", false, "gpu"},           // drivers/gpu/drm/nouveau/nouveau_hwmon.c
    ChipRow{"xe", false, "gpu"},                // drivers/gpu/drm/xe/xe_hwmon.c
    ChipRow{"i915", false, "gpu"},              // drivers/gpu/drm/i915/i915_hwmon.c
    ChipRow{"gpu_thermal", false, "gpu"},       // thermal_hwmon.c
    ChipRow{"nvme", false, "disk"},             // drivers/nvme/host/hwmon.c
    ChipRow{"drivetemp", false, "disk"},        // drivers/hwmon/drivetemp.c
    ChipRow{"jc42", false, "memory"},           // drivers/hwmon/jc42.c
    ChipRow{"spd5118", false, "memory"},        // drivers/hwmon/spd5118.c
    ChipRow{"iwlwifi_", true, "network"},       // drivers/net/wireless/intel/iwlwifi/mvm/tt.c
    ChipRow{"mt7921_phy", true, "network"},     // drivers/net/wireless/mediatek/mt76/mt7921
    ChipRow{"mt7925_phy", true, "network"},     // drivers/net/wireless/mediatek/mt76/mt7925
    ChipRow{"ath10k_hwmon", false, "network"},  // drivers/net/wireless/ath/ath10k/thermal.c
    ChipRow{"ath11k_hwmon", false, "network"},  // drivers/net/wireless/ath/ath11k/thermal.c
    ChipRow{"BAT", true, "battery"},            // drivers/power/supply/power_supply_hwmon.c
    ChipRow{"macsmc_battery", false, "battery"},
    ChipRow{"acpitz", false, "board"},  // drivers/acpi/thermal.c
};

struct LabelRow {
  std::string_view label, component;
};

// Labels of Apple's System Management Controller, in the two spellings of arch/arm64/boot/dts/
// apple/hwmon-*.dtsi.
constexpr std::array kMacLabels = {
    LabelRow{"Battery Hotspot Temperature", "battery"}, LabelRow{"Battery Hotspot", "battery"},
    LabelRow{"Charge Regulator Temperature", "power"},  LabelRow{"Charge Regulator Temp", "power"},
    LabelRow{"WiFi/BT Module Temperature", "network"},  LabelRow{"WiFi/BT Module Temp", "network"},
    LabelRow{"NAND Flash Temperature", "disk"},
};

// Zone types: the names in drivers/thermal/intel, drivers/acpi/thermal.c and of device trees.
constexpr std::array kZones = {
    LabelRow{"x86_pkg_temp", "cpu"}, LabelRow{"TCPU", "cpu"},        LabelRow{"TCPU_PCI", "cpu"},
    LabelRow{"cpu-thermal", "cpu"},  LabelRow{"cpu_thermal", "cpu"}, LabelRow{"soc-thermal", "cpu"},
    LabelRow{"gpu-thermal", "gpu"},  LabelRow{"gpu_thermal", "gpu"}, LabelRow{"npu-thermal", "ane"},
    LabelRow{"acpitz", "board"},
};

constexpr std::string_view kOther = "other";

}  // namespace

std::string hwmon_temperature_component(const HwmonChannel& channel) {
  if (channel.chip == "macsmc_hwmon") {
    const auto row =
        std::find_if(kMacLabels.begin(), kMacLabels.end(),
                     [&](const LabelRow& candidate) { return candidate.label == channel.label; });
    return std::string(row != kMacLabels.end() ? row->component : kOther);
  }
  for (const ChipRow& row : kChips) {
    int64_t number = 0;
    const bool match =
        row.numbered ? numbered_name(channel.chip, row.chip, number) : channel.chip == row.chip;
    if (match) return std::string(row.component);
  }
  return std::string(kOther);
}

std::string zone_temperature_component(std::string_view zone_type) {
  int64_t number = 0;
  if (numbered_name(zone_type, "iwlwifi_", number)) return "network";
  const auto row = std::find_if(kZones.begin(), kZones.end(), [&](const LabelRow& candidate) {
    return candidate.label == zone_type;
  });
  return std::string(row != kZones.end() ? row->component : kOther);
}

}  // namespace anemon
