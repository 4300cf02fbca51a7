#include "collectors/thermal.h"

#include <algorithm>
#include <array>
#include <utility>

#include "collectors/apple/thermal.h"
#include "collectors/sensor_name.h"
#include "collectors/temperature_components.h"

namespace anemon {
namespace {

constexpr int64_t kMostFanSpeed = 50'000;
constexpr const char* kNotHere = "not on this system";

double celsius(int64_t millicelsius) { return static_cast<double>(millicelsius) * 1e-3; }

bool in_range(double value) {
  return value >= ThermalCollector::kLowest && value <= ThermalCollector::kHighest;
}

// Says that there is nothing of a kind, and takes it back when there is.
void report_presence(SignalLine& line, Pass& pass, bool system_has_it, bool found,
                     const char* reason) {
  if (!found) {
    line.report(pass, SignalState::absent, system_has_it ? reason : kNotHere);
  } else if (line.told()) {
    line.report(pass, SignalState::live);
  }
}

}  // namespace

ThermalCollector::Throttled::Throttled(const std::string& component_name)
    : component(component_name), events(Metric::kThrottleEvents, {component}) {}

ThermalCollector::ThermalCollector(Sources sources)
    : sources_(std::move(sources)),
      no_sensors_(Metric::kTemperature, "", "hwmon"),
      no_zones_(Metric::kTemperature, "", "thermal_zone"),
      no_fans_(Metric::kFanSpeed, "", "hwmon"),
      no_throttling_(Metric::kThrottleEvents, "cpu", "sysfs"),
      no_pressure_(Metric::kThermalPressure, "", "kernel") {}

void ThermalCollector::collect(Pass& pass) {
  if (schedule_.due(pass.now().awake)) rescan(pass);
  answer_missing_ = false;
  for (Line& line : lines_) line.best = ReadStatus::absent;
  read_sensors(pass);
  read_zones(pass);
  for (Line& line : lines_) {
    line.signal.report(pass, line.best);
  }
  read_throttling(pass);
  if (!answer_missing_) pass.nothing_to_read();
}

void ThermalCollector::note(size_t line, ReadStatus status) {
  ReadStatus& best = lines_[line].best;
  if (best != ReadStatus::ok) best = status == ReadStatus::ok ? status : std::max(best, status);
  if (status == ReadStatus::absent) schedule_.hurry();
  if (status == ReadStatus::failed) answer_missing_ = true;
}

bool ThermalCollector::plausible(int64_t millicelsius, Pass& pass) {
  if (in_range(celsius(millicelsius))) return true;
  pass.reject("temperature_range");
  return false;
}

void ThermalCollector::read_sensors(Pass& pass) {
  for (Sensor& sensor : sensors_) {
    int64_t value = 0;
    ReadStatus status = sources_.hwmon->read(sensor.channel, value);
    if (status == ReadStatus::ok && sources_.hwmon->faulty(sensor.channel)) {
      pass.reject("sensor_fault");
      status = ReadStatus::failed;
    } else if (status == ReadStatus::ok && sensor.is_fan) {
      if (value >= 0 && value <= kMostFanSpeed) {
        pass.set(sensor.series, static_cast<double>(value));
      } else {
        pass.reject("fan_range");
        status = ReadStatus::failed;
      }
    } else if (status == ReadStatus::ok) {
      if (plausible(value, pass)) {
        pass.set(sensor.series, celsius(value));
      } else {
        status = ReadStatus::failed;
      }
    }
    note(sensor.line, status);
  }
}

void ThermalCollector::read_zones(Pass& pass) {
  for (size_t i = 0; i < zones_.size(); ++i) {
    Zone& zone = zones_[i];
    for (Trip& trip : zone.trips) pass.set(trip.temperature, trip.celsius);
    int64_t value = 0;
    ReadStatus status = sources_.zones->read_temperature(i, value);
    if (status == ReadStatus::ok && !plausible(value, pass)) status = ReadStatus::failed;
    note(zone.line, status);
    if (status != ReadStatus::ok) continue;
    pass.set(zone.temperature, celsius(value));
    for (Trip& trip : zone.trips) pass.set(trip.active, celsius(value) >= trip.celsius ? 1 : 0);
  }
}

void ThermalCollector::read_throttling(Pass& pass) {
  ReadStatus best = ReadStatus::absent;
  for (Throttled& throttled : throttled_) {
    int64_t sum = 0;
    bool answered = false;
    for (Throttled::Counter& counter : throttled.counters) {
      int64_t events = 0;
      const ReadStatus status =
          counter.index ? sources_.throttling->read(*counter.index, events) : ReadStatus::absent;
      if (status == ReadStatus::ok && events >= 0) {
        counter.events.feed(events);
        answered = true;
      }
      if (best != ReadStatus::ok) best = status == ReadStatus::ok ? status : std::max(best, status);
      sum += counter.events.total();
    }
    if (answered) pass.set(throttled.events, static_cast<double>(sum));
  }
  if (!throttled_.empty()) no_throttling_.report(pass, best);
}

size_t ThermalCollector::line_of(Metric metric, const std::string& component,
                                 const std::string& source) {
  for (size_t i = 0; i < lines_.size(); ++i) {
    const Line& line = lines_[i];
    if (line.metric == metric && line.component == component && line.source == source) return i;
  }
  lines_.push_back(
      {component, source, metric, SignalLine(metric, component, source), ReadStatus::absent});
  return lines_.size() - 1;
}

void ThermalCollector::rescan(Pass& pass) {
  const bool sensors = sources_.hwmon && sources_.hwmon->rescan();
  const bool zones = sources_.zones && sources_.zones->rescan();
  const bool throttling = sources_.throttling && sources_.throttling->rescan();
  if (sensors || zones) {
    // Lines keep their places, so that a component that is gone is told as gone.
    adopt_sensors();
    adopt_zones();
  }
  if (throttling) adopt_throttling();

  const bool fans = std::any_of(sensors_.begin(), sensors_.end(),
                                [](const Sensor& sensor) { return sensor.is_fan; });
  const bool temperatures = std::any_of(sensors_.begin(), sensors_.end(),
                                        [](const Sensor& sensor) { return !sensor.is_fan; });
  report_presence(no_sensors_, pass, sources_.hwmon != nullptr, temperatures,
                  "no temperature sensors");
  report_presence(no_fans_, pass, sources_.hwmon != nullptr, fans, "no fan sensors");
  report_presence(no_zones_, pass, sources_.zones != nullptr, !zones_.empty(), "no thermal zones");
  report_presence(no_throttling_, pass, sources_.throttling != nullptr, !throttled_.empty(),
                  "no throttle counters");
  no_pressure_.report(pass, SignalState::absent, "no such source on this system");
}

void ThermalCollector::adopt_sensors() {
  sensors_.clear();
  if (!sources_.hwmon) return;
  UniqueNames temperature_names;
  UniqueNames fan_names;
  for (size_t i = 0; i < sources_.hwmon->channels().size(); ++i) {
    const HwmonChannel& channel = sources_.hwmon->channels()[i];
    int64_t number = 0;
    if (channel.quantity == HwmonQuantity::fan) {
      const std::string name = fan_names(sensor_name(channel));
      sensors_.push_back(
          {i, true, Series(Metric::kFanSpeed, {name}), line_of(Metric::kFanSpeed, "", "hwmon")});
    } else if (!numbered_name(channel.device, "thermal_zone", number)) {
      // A chip on a thermal zone repeats what the zone says.
      const std::string component = hwmon_temperature_component(channel);
      sensors_.push_back(
          {i, false,
           Series(Metric::kTemperature, {component, temperature_names(sensor_name(channel))}),
           line_of(Metric::kTemperature, component, "hwmon")});
    }
  }
}

void ThermalCollector::adopt_zones() {
  zones_.clear();
  if (!sources_.zones) return;
  for (const ThermalZone& raw : sources_.zones->zones()) {
    const std::string component = zone_temperature_component(raw.type);
    const std::string name = label_text(raw.type) + "-" + std::to_string(raw.number);
    Zone zone{Series(Metric::kTemperature, {component, name}),
              line_of(Metric::kTemperature, component, "thermal_zone"),
              {}};
    for (const ThermalTrip& trip : raw.trips) {
      // Drivers leave unused trip points at 0 or at absolute zero.
      const double at = celsius(trip.millicelsius);
      if (at <= 0 || !in_range(at)) continue;
      const std::string point = label_text(trip.type) + "-" + std::to_string(trip.number);
      zone.trips.push_back({at, Series(Metric::kThermalTrip, {name, point}),
                            Series(Metric::kThermalTripActive, {name, point})});
    }
    zones_.push_back(std::move(zone));
  }
}

void ThermalCollector::adopt_throttling() {
  for (Throttled& throttled : throttled_) {
    for (Throttled::Counter& counter : throttled.counters) counter.index.reset();
  }
  // A processor that comes later may repeat what its core's other one has counted.
  const auto begin =
      throttling_scanned_ ? MonotoneCounter::Begin::at_zero : MonotoneCounter::Begin::at_value;
  throttling_scanned_ = true;
  const std::vector<ThrottleCounter>& found = sources_.throttling->counters();
  for (size_t i = 0; i < found.size(); ++i) {
    const std::string component = found[i].level == ThrottleCounter::Level::core
                                      ? "cpu"
                                      : "package-" + std::to_string(found[i].package);
    auto throttled =
        std::find_if(throttled_.begin(), throttled_.end(),
                     [&](const Throttled& known) { return known.component == component; });
    if (throttled == throttled_.end()) {
      throttled = throttled_.emplace(throttled_.end(), component);
    }
    auto counter =
        std::find_if(throttled->counters.begin(), throttled->counters.end(),
                     [&](const Throttled::Counter& known) { return known.key == found[i]; });
    if (counter == throttled->counters.end()) {
      throttled->counters.push_back({found[i], i, MonotoneCounter(begin)});
    } else {
      counter->index = i;
    }
  }
}

std::unique_ptr<Collector> make_thermal(const CollectorContext& context) {
  if (context.apple != nullptr) return make_apple_thermal(context);
  static constexpr std::array kQuantities = {HwmonQuantity::temperature, HwmonQuantity::fan};
  return std::make_unique<ThermalCollector>(ThermalCollector::Sources{
      open_hwmon(context.root, kQuantities), open_thermal_zones(context.root),
      open_throttle_counters(context.root)});
}

}  // namespace anemon
