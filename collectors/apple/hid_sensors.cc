#include "collectors/apple/hid_sensors.h"

#include <algorithm>
#include <utility>

#include "collectors/apple/plausibility.h"
#include "collectors/sensor_name.h"

namespace anemon {
namespace {

constexpr const char* kSource = "hid";

}  // namespace

HidSensors::HidSensors(std::unique_ptr<HidTemperatures> source)
    : source_(std::move(source)), nothing_(Metric::kTemperature, "", kSource) {}

void HidSensors::collect(Pass& pass, const char* absence) {
  if (!source_) return nothing_.report(pass, SignalState::absent, absence);
  const ReadStatus status = source_->read(temperatures_);
  if (status != ReadStatus::ok) {
    temperatures_.clear();
    if (status == ReadStatus::absent) {
      nothing_.report(pass, SignalState::absent, "no temperature sensors");
    } else {
      nothing_.report(pass, status);
    }
  } else if (nothing_.told()) {
    nothing_.report(pass, SignalState::live);
  }
  for (Line& line : lines_) line.parked = false;
  match();
  for (size_t i = 0; i < temperatures_.size(); ++i) {
    if (order_[i] != kNone) read(pass, sensors_[order_[i]], temperatures_[i].celsius);
  }
  for (Line& line : lines_) {
    if (line.ever && pass.now().awake - line.read_at <= kPatience) {
      line.signal.report(pass, SignalState::live);
    } else if (line.parked) {
      line.signal.report(pass, SignalState::stale, "sensors of switched-off parts");
    } else {
      line.signal.report(pass, SignalState::stale, "sensors do not answer");
    }
  }
}

void HidSensors::read(Pass& pass, Sensor& sensor, double celsius) {
  Line& line = lines_[sensor.line];
  const TemperatureKey key{0, sensor.component.component, sensor.component.silicon};
  if (!plausible::temperature(celsius)) return pass.reject(plausible::kTemperatureRule);
  if (is_parked(key, celsius)) {
    line.parked = true;
    return;
  }
  line.ever = true;
  line.read_at = pass.now().awake;
  pass.set(sensor.series, celsius);
}

// Readings mostly are of the sensors of the last pass, in the same order.
void HidSensors::match() {
  const bool same =
      order_.size() == temperatures_.size() &&
      std::equal(order_.begin(), order_.end(), temperatures_.begin(),
                 [&](uint32_t sensor, const HidTemperature& reading) {
                   return sensor != kNone && sensors_[sensor].product == reading.product;
                 });
  if (same) return;
  order_.clear();
  for (auto reading = temperatures_.begin(); reading != temperatures_.end(); ++reading) {
    const auto before = std::count_if(
        temperatures_.begin(), reading,
        [&](const HidTemperature& other) { return other.product == reading->product; });
    order_.push_back(sensor_of(reading->product, static_cast<size_t>(before)));
  }
}

uint32_t HidSensors::sensor_of(const std::string& product, size_t occurrence) {
  const auto known = std::find_if(sensors_.begin(), sensors_.end(), [&](const Sensor& sensor) {
    return sensor.occurrence == occurrence && sensor.product == product;
  });
  if (known != sensors_.end()) return static_cast<uint32_t>(known - sensors_.begin());
  if (sensors_.size() == kMostSensors) return kNone;
  HidComponent component = hid_component(product);
  if (component.component.empty()) component = {"other", false};
  std::string name = label_text(product);
  if (occurrence > 0) name += " #" + std::to_string(occurrence + 1);
  sensors_.push_back({product, occurrence, component, line_of(component.component),
                      Series(Metric::kTemperature, {std::string(component.component), name})});
  return static_cast<uint32_t>(sensors_.size() - 1);
}

size_t HidSensors::line_of(std::string_view component) {
  for (size_t i = 0; i < lines_.size(); ++i) {
    if (lines_[i].component == component) return i;
  }
  lines_.push_back(
      {std::string(component), SignalLine(Metric::kTemperature, std::string(component), kSource)});
  return lines_.size() - 1;
}

}  // namespace anemon
