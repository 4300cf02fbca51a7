// Joules and watts by component on Apple silicon, out of IOReport's energy counters, and where
// those are not trusted, powermetrics or the controller's rails.
//
// anemon_energy_joules_total advances when a driver publishes and anemon_power_watts is the mean
// over the driver's own span (publication_meter.h). Every source has counters of its own; which is
// shown is told by the label, and a change of it is logged. A source that is not trusted
// (energy_state.h) shows nothing.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/apple/energy_channels.h"
#include "collectors/apple/energy_line.h"
#include "collectors/apple/engine_activity.h"
#include "collectors/apple/publication_meter.h"
#include "collectors/apple/report_meter.h"
#include "collectors/collector.h"
#include "collectors/collectors.h"
#include "collectors/peak_window.h"
#include "collectors/rescan_schedule.h"

namespace anemon {

class AppleEnergyCollector final : public Collector {
 public:
  AppleEnergyCollector(AppleDevices& devices, const Clock& clock, Log& log,
                       PowermetricsMode powermetrics, RootHelper* helper = nullptr);

  void collect(Pass& pass) override;

 private:
  struct Component {
    explicit Component(const std::string& component_name);
    std::string name;
    std::vector<EnergyLine> lines;  // in order of trust
    std::optional<EnergySource> shown;
    PeakWindow short_window, long_window;
    Series short_peak, long_peak;
  };
  struct Sensor {
    std::string component;
    std::vector<size_t> keys;
    PowerMeter meter;
    ReadStatus status = ReadStatus::absent;  // of this pass
  };
  struct Report {
    const char* component;
    std::optional<double> PowermetricsReport::*milliwatts;
    ReportMeter meter;
  };

  void open_counters(Pass& pass);
  void plan_counters();
  void set_lines(EnergyGroup group, EnergySource source);
  void read_counters(Pass& pass);
  void read_powermetrics(Pass& pass);
  void read_sensors(Pass& pass);
  void update(Component& component, Pass& pass);
  void publish(Component& component, Pass& pass);

  Component& component(std::string_view name);
  EnergyLine& line(std::string_view component, EnergySource source, Provenance power);
  uint32_t meter_of(const Channel& channel);

  AppleDevices& devices_;
  const Clock& clock_;
  Log& log_;
  const std::string chip_;
  std::vector<Component> components_;

  std::unique_ptr<IoReport> ioreport_;
  RescanSchedule schedule_;
  size_t planned_channels_ = 0;
  std::vector<std::string> meter_names_;
  std::vector<PublicationMeter> meters_;
  std::vector<int32_t> meter_of_channel_;    // -1: none
  std::optional<uint32_t> graphics_driver_;  // the meter of its counter
  EngineActivity ane_activity_;
  bool refused_ = false;
  bool failed_ = false;
  Duration sampled_{};
  std::optional<Duration> last_sampled_;
  Duration passed_{}, ane_worked_{};  // since the last pass

  std::unique_ptr<Smc> smc_;
  size_t planned_keys_ = 0;
  std::vector<Sensor> sensors_;
  SmcValue smc_value_;
  std::optional<SignalLine> no_ane_sensor_;

  std::unique_ptr<Powermetrics> powermetrics_;
  std::vector<Report> reports_;  // empty when its figures are not read
  Series powermetrics_cpu_, powermetrics_starts_;
  SignalLine powermetrics_signal_;
};

std::unique_ptr<Collector> make_apple_energy(const CollectorContext& context);

}  // namespace anemon
