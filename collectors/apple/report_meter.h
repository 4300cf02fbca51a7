// Joules and watts out of mean powers over intervals that follow each other.
#pragma once

#include <algorithm>
#include <optional>

#include "collectors/energy_meter.h"
#include "core/clock.h"

namespace anemon {

class ReportMeter {
 public:
  // False when it cannot be true: not counted.
  bool feed(double watts, Duration elapsed, Duration at) noexcept {
    if (!(watts >= 0 && watts <= kMostWatts) || elapsed <= Duration::zero()) return false;
    reported_ = at;
    if (skip_) {
      skip_ = false;
      return true;
    }
    ever_nonzero_ = ever_nonzero_ || watts > 0;
    joules_ += watts * to_seconds(elapsed);
    power_ = PowerSpan{watts, elapsed};
    return true;
  }

  // The machine slept: the first report from then on began before it.
  void rebaseline() noexcept {
    skip_ = reported_.has_value();
    power_.reset();
  }

  double joules() const noexcept { return joules_; }
  bool ever_nonzero() const noexcept { return ever_nonzero_; }
  std::optional<Duration> reported() const noexcept { return reported_; }
  bool overdue(Duration at) const noexcept {
    const Duration span = power_ ? power_->length : Duration::zero();
    return reported_ && at - *reported_ > std::max<Duration>(kHold, 2 * span);
  }
  std::optional<PowerSpan> power(Duration at) const noexcept {
    return overdue(at) ? std::nullopt : power_;
  }

  static constexpr Duration kHold = std::chrono::seconds(10);
  static constexpr double kMostWatts = 500;

 private:
  bool skip_ = false;
  bool ever_nonzero_ = false;
  double joules_ = 0;
  std::optional<Duration> reported_;
  std::optional<PowerSpan> power_;
};

}  // namespace anemon
