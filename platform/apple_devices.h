// Everything that Apple's systems tell, as one seam: the live machine (apple_devices_apple.cc) or a
// recording of one (replay_devices.h). Each open_... answers with null when the machine has no such
// thing; what is opened belongs to the thread that opened it.
//
// Threads: the open_... functions may be called from any thread, at the same time.
#pragma once

#include <memory>
#include <span>

#include "platform/ane_registry.h"
#include "platform/apple_host.h"
#include "platform/clock_tables.h"
#include "platform/hid_temperatures.h"
#include "platform/host_facts.h"
#include "platform/ioreport.h"
#include "platform/memory.h"
#include "platform/powermetrics.h"
#include "platform/processes.h"
#include "platform/processor.h"
#include "platform/smc.h"
#include "platform/thermal_pressure.h"

namespace anemon {

class AppleDevices {
 public:
  virtual ~AppleDevices() = default;

  virtual HostFacts host_facts() = 0;

  // Null when IOReport is missing or none of the groups exists. With all groups refused, an object
  // without channels.
  virtual std::unique_ptr<IoReport> open_ioreport(std::span<const ChannelSelection> wanted) = 0;
  virtual std::unique_ptr<Smc> open_smc() = 0;
  virtual std::unique_ptr<HidTemperatures> open_hid_temperatures() = 0;
  virtual std::unique_ptr<AneRegistry> open_ane_registry() = 0;
  virtual std::unique_ptr<ThermalPressure> open_thermal_pressure() = 0;
  virtual std::unique_ptr<AppleHost> open_host() = 0;
  virtual std::unique_ptr<Processes> open_processes() = 0;
  virtual std::unique_ptr<MemorySource> open_memory() = 0;
  virtual std::unique_ptr<ProcessorSource> open_processor() = 0;
  virtual std::unique_ptr<Powermetrics> open_powermetrics(PowermetricsMode mode) = 0;

  // Empty when the device tree has none (virtual machines). A replay may learn them later.
  virtual ClockTables clock_tables() = 0;
};

// Null on a machine that is not Apple's, or on an operating system that is not.
std::unique_ptr<AppleDevices> open_apple_devices();

}  // namespace anemon
