// The machine this program runs on.
#include <string>

#include "platform/apple_devices.h"

namespace anemon {
namespace {

class LiveAppleDevices final : public AppleDevices {
 public:
  HostFacts host_facts() override {
    HostFacts facts = read_host_facts(root_);
    AneState ane;
    if (const auto registry = anemon::open_ane_registry();
        registry != nullptr && registry->read(ane) == ReadStatus::ok) {
      facts.ane_architecture = ane.architecture;
      if (ane.cores) facts.ane_cores = std::to_string(*ane.cores);
    }
    return facts;
  }
  std::unique_ptr<IoReport> open_ioreport(std::span<const ChannelSelection> wanted) override {
    return anemon::open_ioreport(wanted);
  }
  std::unique_ptr<Smc> open_smc() override { return anemon::open_smc(); }
  std::unique_ptr<HidTemperatures> open_hid_temperatures() override {
    return anemon::open_hid_temperatures();
  }
  std::unique_ptr<AneRegistry> open_ane_registry() override { return anemon::open_ane_registry(); }
  std::unique_ptr<ThermalPressure> open_thermal_pressure() override {
    return anemon::open_thermal_pressure();
  }
  std::unique_ptr<AppleHost> open_host() override { return open_apple_host(); }
  std::unique_ptr<Processes> open_processes() override { return anemon::open_processes(root_); }
  std::unique_ptr<MemorySource> open_memory() override { return anemon::open_memory(root_); }
  std::unique_ptr<ProcessorSource> open_processor() override {
    return anemon::open_processor(root_);
  }
  std::unique_ptr<Powermetrics> open_powermetrics(PowermetricsMode mode) override {
    return make_powermetrics(mode);
  }
  ClockTables clock_tables() override { return read_clock_tables(); }

 private:
  const HostRoot root_{};
};

}  // namespace

std::unique_ptr<AppleDevices> open_apple_devices() { return std::make_unique<LiveAppleDevices>(); }

}  // namespace anemon
