// The highest value of the last `length` of awake time, in constant memory: the window slides in
// steps of a sixtieth of its length, so a peak leaves at most that much late.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

#include "core/clock.h"

namespace anemon {

class PeakWindow {
 public:
  explicit PeakWindow(Duration length) : step_(length.count() / kSteps) {}

  void add(double value, Duration at) noexcept {
    Step& step = steps_[index(at) % kSteps];
    if (step.index != index(at)) step = {index(at), value};
    step.value = std::max(step.value, value);
  }

  // Nothing when nothing was added within the window.
  std::optional<double> peak(Duration at) const noexcept {
    std::optional<double> highest;
    for (const Step& step : steps_) {
      if (step.index < 0 || step.index > index(at) || index(at) - step.index >= kSteps) continue;
      highest = std::max(highest.value_or(step.value), step.value);
    }
    return highest;
  }

  void clear() noexcept { steps_.fill({}); }

 private:
  static constexpr int64_t kSteps = 60;
  struct Step {
    int64_t index = -1;  // of the window's step in awake time
    double value = 0;
  };
  int64_t index(Duration at) const noexcept { return at.count() / step_; }

  int64_t step_;
  std::array<Step, kSteps> steps_{};
};

}  // namespace anemon
