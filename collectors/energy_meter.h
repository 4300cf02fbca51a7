// Joules out of one raw channel. Pure arithmetic on what was read and when; one thread.
//
// Both meters count from zero at the first reading after construction, never fall, and count
// nothing across `rebaseline` (the machine slept: deep sleep resets some counters, and nobody knows
// what the others missed). A meter is proven once its device was seen to move.
#pragma once

#include <cstdint>
#include <optional>

#include "core/clock.h"

namespace anemon {

struct PowerSpan {
  double watts;
  Duration length;  // zero: momentary, the device does not tell what it averages over
};

// A cumulative counter in microjoules.
class CounterMeter {
 public:
  struct Rules {
    int64_t max_range_uj = 0;  // the counter goes on at 0 behind it; 0: it never wraps
    // Power is the mean from one movement of the counter to another, at least `min_span` apart: the
    // device's own rhythm, not that of the readings. A proven counter that stands still for `quiet`
    // means zero watts.
    Duration min_span = std::chrono::milliseconds(20);
    Duration quiet = std::chrono::milliseconds(500);
    // The device publishes so rarely that the first movement says little: the span begins with it.
    bool starts_at_movement = false;
  };

  explicit CounterMeter(const Rules& rules) : rules_(rules) {}

  // False when the reading cannot be true and is not counted: negative, or more than kMostWatts
  // since the last one. A counter that falls has wrapped if that gives at most kMostWattsAtWrap,
  // else it was reset: counting goes on from the new value, and what came in between is unknown.
  // Between readings that are further apart than a wrap takes (an hour at 70 W for Intel's RAPL)
  // whole wraps are lost: it counts too little, never too much.
  bool feed(int64_t microjoules, Duration at) noexcept;
  void rebaseline() noexcept;
  void missed() noexcept {}  // a counter bridges readings that failed

  bool proven() const noexcept { return proven_; }
  double joules() const noexcept { return static_cast<double>(total_uj_) * 1e-6; }
  std::optional<PowerSpan> power() const noexcept { return power_; }

  static constexpr double kMostWatts = 50e3;
  static constexpr double kMostWattsAtWrap = 2e3;

 private:
  void start(int64_t microjoules, Duration at) noexcept;

  Rules rules_;
  bool started_ = false;
  bool proven_ = false;
  bool span_open_ = false;
  int64_t last_uj_ = 0;
  Duration last_at_{};
  int64_t total_uj_ = 0;
  int64_t span_uj_ = 0;
  Duration span_begin_{};
  std::optional<PowerSpan> power_;
};

// A power sensor in microwatts: its readings are the power, and joules are estimated as the
// trapezoids between successive readings. A reading missed or rejected leaves a gap uncounted.
class PowerMeter {
 public:
  // False when the reading cannot be true: negative, or above CounterMeter::kMostWatts.
  bool feed(int64_t microwatts, Duration at) noexcept;
  void rebaseline() noexcept { missed(); }
  void missed() noexcept {
    started_ = false;
    power_.reset();
  }

  bool proven() const noexcept { return proven_; }
  double joules() const noexcept { return joules_; }
  std::optional<PowerSpan> power() const noexcept { return power_; }

 private:
  bool started_ = false;
  bool proven_ = false;
  std::optional<int64_t> first_uw_;
  double last_watts_ = 0;
  Duration last_at_{};
  double joules_ = 0;
  std::optional<PowerSpan> power_;
};

}  // namespace anemon
