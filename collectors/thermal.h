// Temperatures and fans (hwmon), thermal zones with their trip points, and throttle counters.
//
// A temperature outside of kLowest..kHighest is no temperature but a broken sensor, and left out.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "collectors/collector.h"
#include "collectors/collectors.h"
#include "collectors/monotone_counter.h"
#include "collectors/rescan_schedule.h"
#include "collectors/signal_line.h"
#include "platform/hwmon.h"
#include "platform/thermal_zones.h"

namespace anemon {

class ThermalCollector final : public Collector {
 public:
  struct Sources {  // null for one that this system does not have
    std::unique_ptr<Hwmon> hwmon;
    std::unique_ptr<ThermalZones> zones;
    std::unique_ptr<ThrottleCounters> throttling;
  };
  explicit ThermalCollector(Sources sources);

  void collect(Pass& pass) override;

  static constexpr double kLowest = -40;  // degrees Celsius
  static constexpr double kHighest = 150;

 private:
  struct Sensor {
    size_t channel;
    bool is_fan;
    Series series;
    size_t line;  // of the signal
  };

  struct Trip {
    double celsius;
    Series temperature, active;
  };

  struct Zone {
    Series temperature;
    size_t line;
    std::vector<Trip> trips;
  };

  // One throttled component: the sum over the counters that belong to it. A counter stays when its
  // processor goes offline, and with it what it had counted.
  struct Throttled {
    struct Counter {
      ThrottleCounter key;
      std::optional<size_t> index;  // at the source; nothing while offline
      MonotoneCounter events;
    };
    explicit Throttled(const std::string& component);
    std::string component;
    Series events;
    std::vector<Counter> counters;
  };

  // The state of a component's sensors of one source: live when one of them answers.
  struct Line {
    std::string component, source;
    Metric metric;
    SignalLine signal;
    ReadStatus best;
  };

  void rescan(Pass& pass);
  void adopt_sensors();
  void adopt_zones();
  void adopt_throttling();
  size_t line_of(Metric metric, const std::string& component, const std::string& source);
  void note(size_t line, ReadStatus status);
  bool plausible(int64_t millicelsius, Pass& pass);
  void read_sensors(Pass& pass);
  void read_zones(Pass& pass);
  void read_throttling(Pass& pass);

  const Sources sources_;
  RescanSchedule schedule_;
  std::vector<Sensor> sensors_;
  std::vector<Zone> zones_;
  std::vector<Throttled> throttled_;
  std::vector<Line> lines_;
  SignalLine no_sensors_, no_zones_, no_fans_, no_throttling_, no_pressure_;
  bool answer_missing_ = false;
  bool throttling_scanned_ = false;
};

std::unique_ptr<Collector> make_thermal(const CollectorContext& context);

}  // namespace anemon
