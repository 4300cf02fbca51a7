#include <optional>

#include "platform/darwin_notification_apple.h"
#include "platform/sysctl_apple.h"
#include "platform/thermal_pressure.h"

namespace anemon {
namespace {

class AppleThermalPressure final : public ThermalPressure {
 public:
  ReadStatus read(int& level) override {
    const std::optional<uint64_t> state = announced_.state();
    if (!state || *state > kMaxLevel) return ReadStatus::failed;
    announced_once_ = announced_once_ || *state != 0;
    if (virtual_machine_ && !announced_once_) return ReadStatus::absent;
    level = static_cast<int>(*state);
    return ReadStatus::ok;
  }

 private:
  static constexpr uint64_t kMaxLevel = 4;

  // A virtual machine has no thermal management: there 0 is what a name that nobody ever announced
  // reads as.
  const bool virtual_machine_ = sysctl_number("kern.hv_vmm_present").value_or(0) != 0;
  bool announced_once_ = false;
  DarwinNotification announced_{"com.apple.system.thermalpressurelevel"};
};

}  // namespace

std::unique_ptr<ThermalPressure> open_thermal_pressure() {
  return std::make_unique<AppleThermalPressure>();
}

}  // namespace anemon
