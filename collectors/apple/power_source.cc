#include "collectors/apple/power_source.h"

#include <utility>

namespace anemon {

PowerSource::PowerSource(std::unique_ptr<AppleHost> host)
    : host_(std::move(host)),
      on_battery_{Series(Metric::kOnBattery, {}), SignalLine(Metric::kOnBattery, "", "host")},
      low_power_mode_{Series(Metric::kLowPowerMode, {}),
                      SignalLine(Metric::kLowPowerMode, "", "host")} {}

void PowerSource::collect(Pass& pass, const char* missing) {
  const AppleHostState state = host_ ? host_->read() : AppleHostState{};
  publish(pass, on_battery_, state.on_battery, missing);
  publish(pass, low_power_mode_, state.low_power_mode, missing);
}

void PowerSource::publish(Pass& pass, Flag& flag, std::optional<bool> on, const char* missing) {
  if (!on) return flag.line.report(pass, SignalState::absent, missing);
  pass.set(flag.series, *on ? 1 : 0);
  flag.line.report(pass, SignalState::live);
}

}  // namespace anemon
