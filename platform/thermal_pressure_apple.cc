#include <optional>

#include "platform/darwin_notification_apple.h"
#include "platform/thermal_pressure.h"

namespace anemon {
namespace {

class AppleThermalPressure final : public ThermalPressure {
 public:
  ReadStatus read(int& level) override {
    const std::optional<uint64_t> state = announced_.state();
    if (!state || *state > kMaxLevel) return ReadStatus::failed;
    level = static_cast<int>(*state);
    return ReadStatus::ok;
  }

 private:
  static constexpr uint64_t kMaxLevel = 4;

  DarwinNotification announced_{"com.apple.system.thermalpressurelevel"};
};

}  // namespace

std::unique_ptr<ThermalPressure> open_thermal_pressure() {
  return std::make_unique<AppleThermalPressure>();
}

}  // namespace anemon
