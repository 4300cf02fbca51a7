#include <IOKit/ps/IOPowerSources.h>

#include <algorithm>

#include "platform/apple_host.h"
#include "platform/autorelease_pool_apple.h"
#include "platform/cf_owned_apple.h"
#include "platform/cf_values_apple.h"
#include "platform/low_power_mode_apple.h"
#include "platform/sysctl_apple.h"

namespace anemon {
namespace {

// Level 0 is the fastest.
std::vector<PerformanceLevel> read_levels() {
  constexpr uint64_t kMaxLevels = 16;
  const uint64_t count = std::min(sysctl_number("hw.nperflevels").value_or(0), kMaxLevels);
  std::vector<PerformanceLevel> levels;
  for (uint64_t i = 0; i < count; ++i) {
    const std::string level = "hw.perflevel" + std::to_string(i);
    const auto cores = sysctl_number((level + ".physicalcpu").c_str());
    if (!cores) continue;
    levels.push_back({sysctl_text((level + ".name").c_str()), static_cast<uint32_t>(*cores)});
  }
  return levels;
}

// A machine without a battery is on mains; a battery beside the machine is one too.
std::optional<bool> on_battery() {
  const CfOwned<CFTypeRef> sources(IOPSCopyPowerSourcesInfo());
  if (!sources) return std::nullopt;
  const std::string providing = cf_text(IOPSGetProvidingPowerSourceType(sources.get()));
  if (providing == kIOPMACPowerKey) return false;
  if (providing == kIOPMBatteryPowerKey || providing == kIOPMUPSPowerKey) return true;
  return std::nullopt;
}

class LiveAppleHost final : public AppleHost {
 public:
  LiveAppleHost() : levels_(read_levels()) {
    if (const auto guest = sysctl_number("kern.hv_vmm_present")) virtual_machine_ = *guest != 0;
  }

  AppleHostState read() override {
    const AutoreleasePool pool;
    return {levels_, on_battery(), low_power_mode_.read(), virtual_machine_};
  }

 private:
  const std::vector<PerformanceLevel> levels_;
  std::optional<bool> virtual_machine_;
  const LowPowerMode low_power_mode_;
};

}  // namespace

std::unique_ptr<AppleHost> open_apple_host() { return std::make_unique<LiveAppleHost>(); }

}  // namespace anemon
