// Temperatures and fans of the System Management Controller. Only chosen keys are read.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "collectors/apple/temperature_keys.h"
#include "collectors/pass.h"
#include "collectors/signal_line.h"
#include "core/series.h"
#include "platform/smc.h"

namespace anemon {

class SmcTemperatures {
 public:
  // Null when there is no controller (virtual machines).
  SmcTemperatures(std::unique_ptr<Smc> smc, std::string chip);

  void collect(Pass& pass, const char* absence);

 private:
  struct Sensor {
    TemperatureKey key;
    size_t line;
    Series series;
  };
  struct Fan {
    size_t key;
    Series series;
  };
  // A component's sensors: live while one of them tells a temperature.
  struct Line {
    std::string component;
    SignalLine signal;
    bool read, parked;
    ReadStatus worst;
  };

  void adopt();
  size_t line_of(std::string_view component);
  void read_sensors(Pass& pass);
  void read_fans(Pass& pass);

  const std::unique_ptr<Smc> smc_;
  const std::string chip_;
  size_t keys_known_ = 0;
  bool adopted_ = false;
  std::vector<Sensor> sensors_;
  std::vector<Fan> fans_;
  std::vector<Line> lines_;
  SignalLine nothing_, fan_line_;
};

}  // namespace anemon
