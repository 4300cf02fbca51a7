#include "collectors/apple/thermal.h"

#include "collectors/apple/hid_sensors.h"
#include "collectors/apple/plausibility.h"
#include "collectors/apple/power_source.h"
#include "collectors/apple/smc_temperatures.h"

namespace anemon {
namespace {

class AppleThermal final : public Collector {
 public:
  explicit AppleThermal(AppleDevices& devices)
      : facts_(devices.host_facts()),
        smc_(devices.open_smc(), facts_.chip),
        hid_(devices.open_hid_temperatures()),
        pressure_(devices.open_thermal_pressure()),
        power_source_(devices.open_host()),
        level_(Metric::kThermalPressure, {}),
        pressure_line_(Metric::kThermalPressure, "", "notify"),
        throttling_(Metric::kThrottleEvents, "cpu", "ioreport") {}

  void collect(Pass& pass) override {
    const bool virtual_machine = facts_.virtual_machine == true;
    smc_.collect(pass, virtual_machine ? "virtual machine" : "no such controller");
    hid_.collect(pass, virtual_machine ? "virtual machine" : "no temperature sensors");
    read_pressure(pass);
    power_source_.collect(pass, "no such source on this system");
    // Residencies are of clocks asked for, and no counter tells when hardware gives less.
    throttling_.report(pass, SignalState::absent, "chip does not publish it");
    pass.nothing_to_read();  // the signals say what is missing
  }

 private:
  void read_pressure(Pass& pass) {
    const bool virtual_machine = facts_.virtual_machine == true;
    if (!pressure_) {
      return pressure_line_.report(
          pass, SignalState::absent,
          virtual_machine ? "virtual machine" : "no such source on this system");
    }
    int level = 0;
    ReadStatus status = pressure_->read(level);
    if (status == ReadStatus::absent && virtual_machine) {
      return pressure_line_.report(pass, SignalState::absent, "virtual machine");
    }
    if (status == ReadStatus::ok && !plausible::pressure(level)) {
      pass.reject(plausible::kPressureRule);
      status = ReadStatus::failed;
    }
    if (status == ReadStatus::ok) pass.set(level_, level);
    pressure_line_.report(pass, status);
  }

  const HostFacts facts_;
  SmcTemperatures smc_;
  HidSensors hid_;
  const std::unique_ptr<ThermalPressure> pressure_;
  PowerSource power_source_;
  Series level_;
  SignalLine pressure_line_, throttling_;
};

}  // namespace

std::unique_ptr<Collector> make_apple_thermal(const CollectorContext& context) {
  return std::make_unique<AppleThermal>(*context.apple);
}

}  // namespace anemon
