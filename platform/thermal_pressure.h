// The thermal pressure that macOS announces.
#pragma once

#include <memory>

#include "platform/kernel_file.h"

namespace anemon {

class ThermalPressure {
 public:
  virtual ~ThermalPressure() = default;

  // 0 nominal, 1 moderate, 2 heavy, 3 trapping, 4 sleeping, as macOS says. `absent` on a virtual
  // machine that never announced another level than 0.
  virtual ReadStatus read(int& level) = 0;
};

// Of the live machine; never null on macOS.
std::unique_ptr<ThermalPressure> open_thermal_pressure();

}  // namespace anemon
