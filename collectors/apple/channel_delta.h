// What happened on one IOReport channel between two publications of its driver.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/clock.h"
#include "platform/ioreport.h"

namespace anemon {

// Drivers publish in batches and at their own times, so a change counts over the driver's stamps.
// A driver whose values move under a frozen stamp, or whose stamp lies in the future, is timed by
// observation for good. Publications that follow within kShortest are folded into the next. A value
// or a stamp that goes back begins anew and tells nothing.
//
// One thread. Allocates only when the number of parts changes.
class ChannelDelta {
 public:
  static constexpr Duration kShortest = std::chrono::milliseconds(50);
  static constexpr Duration kFuture = std::chrono::seconds(1);

  // True when there is a new change: `parts` and the rest tell it until the next call.
  bool feed(const ChannelValue& value, Duration at);

  // The next value is a baseline, and the first change after it tells nothing: its driver may have
  // begun it before the sleep.
  void rebaseline() noexcept {
    skip_ = skip_ || has_baseline_;
    has_baseline_ = false;
  }

  // One per state, never negative; one for a simple channel.
  std::span<const int64_t> parts() const noexcept { return delta_; }
  int64_t total() const noexcept { return total_; }
  // Over which it happened: by the driver's stamps, or by observation.
  Duration span() const noexcept { return span_; }
  // Between the observations that it lies between.
  Duration observed() const noexcept { return observed_; }

  // The driver's stamp of the last change; unset where its stamps are not to be relied on.
  std::optional<Duration> published() const noexcept {
    return by_observation_ ? std::nullopt : baseline_stamp_;
  }

  bool proven() const noexcept { return proven_; }  // a value was seen to move
  Duration advanced_at() const noexcept { return advanced_at_; }
  // How long a reading out of the last change may be shown.
  bool current(Duration at) const noexcept;

 private:
  void begin(std::span<const int64_t> parts, std::optional<Duration> stamp, Duration at);

  std::vector<int64_t> baseline_, delta_;
  std::optional<Duration> baseline_stamp_;
  Duration baseline_at_{}, span_{}, observed_{}, advanced_at_{};
  int64_t total_ = 0;
  bool has_baseline_ = false;
  bool skip_ = false;  // the next change
  bool by_observation_ = false;
  bool proven_ = false;
};

// Ticks of a channel's unit in a second ("24Mticks"); unset for units that are no times ("events").
std::optional<double> ticks_per_second(std::string_view unit);

}  // namespace anemon
