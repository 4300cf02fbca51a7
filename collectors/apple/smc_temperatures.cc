#include "collectors/apple/smc_temperatures.h"

#include <algorithm>
#include <utility>

#include "collectors/apple/plausibility.h"
#include "collectors/apple/smc_value.h"

namespace anemon {
namespace {

constexpr const char* kSource = "smc";
constexpr const char* kParked = "sensors of switched-off parts";

// "F0Ac": actual speed of fan 0.
bool is_fan(std::string_view key) {
  return key.size() == 4 && key[0] == 'F' && key[1] >= '0' && key[1] <= '9' && key[2] == 'A' &&
         key[3] == 'c';
}

}  // namespace

SmcTemperatures::SmcTemperatures(std::unique_ptr<Smc> smc, std::string chip)
    : smc_(std::move(smc)),
      chip_(std::move(chip)),
      nothing_(Metric::kTemperature, "", kSource),
      fan_line_(Metric::kFanSpeed, "", kSource) {}

void SmcTemperatures::collect(Pass& pass, const char* absence) {
  if (!smc_) {
    nothing_.report(pass, SignalState::absent, absence);
    fan_line_.report(pass, SignalState::absent, absence);
    return;
  }
  if (!adopted_ || smc_->keys().size() != keys_known_) adopt();
  if (sensors_.empty()) {
    nothing_.report(pass, SignalState::absent, "no temperature sensors");
  } else if (nothing_.told()) {
    nothing_.report(pass, SignalState::live);
  }
  read_sensors(pass);
  read_fans(pass);
}

void SmcTemperatures::adopt() {
  adopted_ = true;
  const auto keys = smc_->keys();
  keys_known_ = keys.size();
  sensors_.clear();
  fans_.clear();
  for (const TemperatureKey& key : temperature_keys(keys, chip_)) {
    const std::string component(key.component);
    sensors_.push_back(
        {key, line_of(component), Series(Metric::kTemperature, {component, keys[key.index].name})});
  }
  for (size_t i = 0; i < keys.size(); ++i) {
    if (!is_fan(keys[i].name)) continue;
    fans_.push_back({i, Series(Metric::kFanSpeed, {std::string("fan") + keys[i].name[1]})});
  }
}

size_t SmcTemperatures::line_of(std::string_view component) {
  for (size_t i = 0; i < lines_.size(); ++i) {
    if (lines_[i].component == component) return i;
  }
  lines_.push_back({std::string(component),
                    SignalLine(Metric::kTemperature, std::string(component), kSource), false, false,
                    ReadStatus::ok});
  return lines_.size() - 1;
}

void SmcTemperatures::read_sensors(Pass& pass) {
  for (Line& line : lines_) {
    line.read = line.parked = false;
    line.worst = ReadStatus::absent;
  }
  for (Sensor& sensor : sensors_) {
    Line& line = lines_[sensor.line];
    SmcValue value;
    const ReadStatus status = smc_->read(sensor.key.index, value);
    if (status != ReadStatus::ok) {
      line.worst = std::max(line.worst, status);
      continue;
    }
    const auto celsius = smc_number(smc_->keys()[sensor.key.index], value);
    if (celsius && is_parked(sensor.key, *celsius) && plausible::temperature(*celsius)) {
      line.parked = true;
    } else if (celsius && plausible::temperature(*celsius)) {
      line.read = true;
      pass.set(sensor.series, *celsius);
    } else {
      pass.reject(plausible::kTemperatureRule);
      line.worst = ReadStatus::failed;
    }
  }
  for (Line& line : lines_) {
    if (line.read) {
      line.signal.report(pass, SignalState::live);
    } else if (line.parked) {
      line.signal.report(pass, SignalState::stale, kParked);
    } else {
      line.signal.report(pass, line.worst);
    }
  }
}

void SmcTemperatures::read_fans(Pass& pass) {
  if (fans_.empty()) return fan_line_.report(pass, SignalState::absent, "no fans");
  bool answered = false;
  ReadStatus worst = ReadStatus::absent;
  for (Fan& fan : fans_) {
    SmcValue value;
    const ReadStatus status = smc_->read(fan.key, value);
    const auto rpm =
        status == ReadStatus::ok ? smc_number(smc_->keys()[fan.key], value) : std::nullopt;
    if (rpm && plausible::fan(*rpm)) {
      answered = true;
      pass.set(fan.series, *rpm);
    } else {
      if (status == ReadStatus::ok) pass.reject(plausible::kFanRule);
      worst = std::max(worst, status == ReadStatus::ok ? ReadStatus::failed : status);
    }
  }
  fan_line_.report(pass, answered ? ReadStatus::ok : worst);
}

}  // namespace anemon
