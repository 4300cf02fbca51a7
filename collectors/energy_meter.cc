#include "collectors/energy_meter.h"

#include <algorithm>

namespace anemon {

void CounterMeter::start(int64_t microjoules, Duration at) noexcept {
  started_ = true;
  last_uj_ = microjoules;
  last_at_ = at;
  span_open_ = !rules_.starts_at_movement;
  span_begin_ = at;
  span_uj_ = 0;
  power_.reset();
}

void CounterMeter::rebaseline() noexcept {
  started_ = false;
  power_.reset();
}

bool CounterMeter::feed(int64_t microjoules, Duration at) noexcept {
  if (microjoules < 0) return false;
  if (!started_) {
    start(microjoules, at);
    return true;
  }
  // Readings that seem to coincide are at least the time of a system call apart.
  const double elapsed = std::max(to_seconds(at - last_at_), 1e-6);
  int64_t delta = microjoules - last_uj_;
  if (delta < 0) {
    const bool can_wrap = last_uj_ <= rules_.max_range_uj;
    const int64_t wrapped = rules_.max_range_uj - last_uj_ + microjoules;
    if (!can_wrap || static_cast<double>(wrapped) * 1e-6 > kMostWattsAtWrap * elapsed) {
      start(microjoules, at);
      return true;
    }
    delta = wrapped;
  }
  if (static_cast<double>(delta) * 1e-6 > kMostWatts * elapsed) {
    start(microjoules, at);
    return false;
  }
  last_uj_ = microjoules;
  last_at_ = at;
  total_uj_ += delta;
  const bool moved = delta > 0;
  proven_ = proven_ || moved;
  if (!span_open_) {
    if (!moved) return true;
    span_open_ = true;
    span_begin_ = at;
    return true;
  }
  span_uj_ += delta;
  const Duration length = at - span_begin_;
  // A span ends with a movement, so that it holds whole publications of the device, or when the
  // device has stood still for so long that it means it.
  const bool closes = moved ? length >= rules_.min_span : proven_ && length >= rules_.quiet;
  if (closes) {
    power_ = PowerSpan{static_cast<double>(span_uj_) * 1e-6 / to_seconds(length), length};
    span_begin_ = at;
    span_uj_ = 0;
  }
  return true;
}

bool PowerMeter::feed(int64_t microwatts, Duration at) noexcept {
  const double watts = static_cast<double>(microwatts) * 1e-6;
  if (microwatts < 0 || watts > CounterMeter::kMostWatts) {
    missed();
    return false;
  }
  if (!first_uw_) first_uw_ = microwatts;
  proven_ = proven_ || microwatts != *first_uw_;
  if (started_) joules_ += (last_watts_ + watts) / 2 * to_seconds(at - last_at_);
  started_ = true;
  last_watts_ = watts;
  last_at_ = at;
  power_ = PowerSpan{watts, Duration::zero()};
  return true;
}

}  // namespace anemon
