// Joules and watts by component, out of powercap counters and hwmon energy and power channels.
//
// The counter anemon_energy_joules_total is what was used since the collector began: it never
// falls, bridges the device's wraps, and leaves out what nobody saw (sleep, a device's reset). Only
// one source is shown for a component at a time: the most trusted of those that were seen to move
// and answered within the last kKeepSource. Several channels of one source and component (a "core"
// zone in each package) are summed.
#pragma once

#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "collectors/collector.h"
#include "collectors/collectors.h"
#include "collectors/energy_components.h"
#include "collectors/energy_meter.h"
#include "collectors/peak_window.h"
#include "collectors/rescan_schedule.h"
#include "collectors/signal_line.h"
#include "core/clock.h"
#include "platform/hwmon.h"
#include "platform/powercap.h"

namespace anemon {

class EnergyCollector final : public Collector {
 public:
  // Null for a source that this system does not have. The clock gives the times next to the reads.
  EnergyCollector(std::unique_ptr<Powercap> powercap, std::unique_ptr<Hwmon> hwmon,
                  const Clock& clock);

  void collect(Pass& pass) override;

  static constexpr Duration kKeepSource = std::chrono::seconds(10);

 private:
  // One raw channel.
  struct Channel {
    std::string id;  // tells it from others across scans
    bool from_powercap;
    size_t index;  // at its source
    std::variant<CounterMeter, PowerMeter> meter;
    ReadStatus status = ReadStatus::absent;  // of this pass
  };

  // What one source says of one component.
  struct Line {
    Line(const std::string& component, const EnergySourceName& source, Provenance energy,
         Provenance power);
    std::string source;
    int rank;
    bool counts_energy;
    std::vector<Channel> channels;
    double retired_joules = 0;  // of channels that are gone
    Duration answered{};        // when all channels last did
    Series joules, watts, span;
    SignalLine energy_signal, power_signal;
  };

  struct Component {
    explicit Component(const std::string& component_name);
    std::string name;
    std::vector<Line> lines;  // by rank
    PeakWindow short_window, long_window;
    Series short_peak, long_peak;
  };

  void rescan(Pass& pass);
  void adopt(std::vector<Component>& scanned);
  void read(Channel& channel, Pass& pass);
  void publish(Component& component, Pass& pass);

  const std::unique_ptr<Powercap> powercap_;
  const std::unique_ptr<Hwmon> hwmon_;
  const Clock& clock_;
  RescanSchedule schedule_;
  std::vector<Component> components_;
  SignalLine no_powercap_, no_hwmon_;
  bool answer_missing_ = false;  // a device of this pass did not answer
};

std::unique_ptr<Collector> make_energy(const CollectorContext& context);

}  // namespace anemon
