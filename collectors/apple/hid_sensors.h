// Temperatures behind IOHID. Sensors come and go from reading to reading; products are not unique,
// so the second of a name is "<name> #2", in the order in which they are listed.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "collectors/apple/temperature_keys.h"
#include "collectors/pass.h"
#include "collectors/signal_line.h"
#include "core/series.h"
#include "platform/hid_temperatures.h"

namespace anemon {

class HidSensors {
 public:
  // Null when there is no such client.
  explicit HidSensors(std::unique_ptr<HidTemperatures> source);

  // No allocation while no sensor appears for the first time.
  void collect(Pass& pass, const char* absence);

  static constexpr size_t kMostSensors = 96;
  static constexpr uint32_t kNone = UINT32_MAX;
  // A component that told nothing for this long has no sensor that answers; until then one may have
  // missed a reading.
  static constexpr Duration kPatience = std::chrono::seconds(10);

 private:
  struct Sensor {
    std::string product;
    size_t occurrence;  // among those of the same product, from 0
    HidComponent component;
    size_t line;
    Series series;
  };
  struct Line {
    std::string component;
    SignalLine signal;
    bool parked = false;
    bool ever = false;
    Duration read_at{};
  };

  void match();
  uint32_t sensor_of(const std::string& product, size_t occurrence);
  size_t line_of(std::string_view component);
  void read(Pass& pass, Sensor& sensor, double celsius);

  const std::unique_ptr<HidTemperatures> source_;
  std::vector<HidTemperature> temperatures_;
  std::vector<Sensor> sensors_;
  std::vector<uint32_t> order_;  // the sensor of each reading of the last pass, or kNone
  std::vector<Line> lines_;
  SignalLine nothing_;
};

}  // namespace anemon
