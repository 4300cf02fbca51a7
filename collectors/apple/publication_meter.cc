#include "collectors/apple/publication_meter.h"

#include <algorithm>

namespace anemon {

void PublicationMeter::start(int64_t value, std::optional<Duration> stamp, Duration time) noexcept {
  started_ = true;
  value_ = value;
  stamp_ = stamp;
  span_ = 0;
  span_begin_ = time;
  power_.reset();
}

void PublicationMeter::rebaseline() noexcept {
  if (!started_) return;
  started_ = false;
  skip_span_ = true;
  published_.reset();
  unstamped_.reset();
  read_ = false;
  power_.reset();
}

PublicationMeter::Outcome PublicationMeter::feed(int64_t value, std::optional<Duration> stamp,
                                                 Duration at) noexcept {
  if (value < 0) return Outcome::rejected;
  if (!read_) {
    read_ = true;
    first_read_ = observed_ = at;
    moved_ = at;
  }
  ever_nonzero_ = ever_nonzero_ || value > 0;
  if (stamp && *stamp <= Duration::zero()) stamp.reset();
  if (!by_observation_ && stamp && *stamp > at + kFuture) {
    by_observation_ = true;
    if (started_) {
      // What was counted under the stamps so far stays; the open span's begin is not of this clock.
      span_ = 0;
      span_begin_ = at;
      power_.reset();
    }
  }
  if (!by_observation_ && !stamp) {
    // Not published, as long as the value does not move.
    if (!started_) {
      if (!unstamped_ || value <= *unstamped_) {
        unstamped_ = value;
        observed_ = at;
        return Outcome::still;
      }
      start(*unstamped_, stamp, observed_);
    }
    stamp = stamp_;
  }
  if (!started_) {
    start(value, stamp, by_observation_ ? at : *stamp);
    if (!by_observation_) published_ = stamp;
    return Outcome::still;
  }
  const bool stamp_went_back = !by_observation_ && stamp && stamp_ && *stamp < *stamp_;
  if (value < value_ || stamp_went_back) {
    start(value, stamp, by_observation_ ? at : *stamp);
    published_ = span_begin_;
    moved_ = at;
    return Outcome::still;
  }
  if (value == value_ && stamp == stamp_) return Outcome::still;
  if (!by_observation_ && stamp == stamp_) {
    by_observation_ = true;
    const Outcome outcome = publish(value, stamp, at);
    span_ = 0;
    span_begin_ = at;
    power_.reset();
    return outcome;
  }
  return publish(value, stamp, by_observation_ ? at : *stamp);
}

PublicationMeter::Outcome PublicationMeter::publish(int64_t value, std::optional<Duration> stamp,
                                                    Duration time) noexcept {
  const int64_t delta = value - value_;
  const Duration since_last = std::max(time - published_.value_or(span_begin_), kMinSpan);
  published_ = time;
  stamp_ = stamp;
  if (delta > 0) moved_ = time;
  if (static_cast<double>(delta) * unit_ > kMostWatts * to_seconds(since_last)) {
    start(value, stamp, time);
    return Outcome::rejected;
  }
  value_ = value;
  if (skip_span_) {
    skip_span_ = false;
    span_begin_ = time;
    return Outcome::published;
  }
  total_ += delta;
  span_ += delta;
  const Duration length = time - span_begin_;
  if (length < kMinSpan) return Outcome::published;
  power_ = PowerSpan{static_cast<double>(span_) * unit_ / to_seconds(length), length};
  span_ = 0;
  span_begin_ = time;
  return Outcome::published;
}

Duration PublicationMeter::hold() const noexcept {
  return std::max(kHold, power_ ? 2 * power_->length : Duration::zero());
}

std::optional<PowerSpan> PublicationMeter::power(Duration at) const noexcept {
  if (!power_ || at - waiting_since() > hold()) return std::nullopt;
  return power_;
}

}  // namespace anemon
