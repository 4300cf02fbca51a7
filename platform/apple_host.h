// What macOS says of the machine beside its devices: topology, source of power.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace anemon {

struct PerformanceLevel {
  std::string name;    // "Performance", "Efficiency", "Super"; from the fastest to the slowest
  uint32_t cores = 0;  // physical

  bool operator==(const PerformanceLevel&) const = default;
};

// What macOS does not tell is unset or empty.
struct AppleHostState {
  std::vector<PerformanceLevel> levels;
  std::optional<bool> on_battery, low_power_mode, virtual_machine;
};

class AppleHost {
 public:
  virtual ~AppleHost() = default;
  virtual AppleHostState read() = 0;
};

// Of the live machine; never null on macOS.
std::unique_ptr<AppleHost> open_apple_host();

}  // namespace anemon
