// Joules and watts out of one counter that its driver publishes when it suits it: in batches, with
// split tails, twice in two seconds or twice an hour. Everything is measured on the driver's own
// time stamps; the interval of the readings says nothing (it gives 40 W, 0 W, 167 W for 36 W).
//
//  * A publication is a stamp that moved. It counts its energy at once, and closes a span if that
//    lasted at least kMinSpan; a shorter one is the tail of a batch and belongs to the next span.
//  * Between publications the reading is held, and dropped after max(kHold, 2 spans).
//  * A value that moves under a frozen stamp, a stamp more than kFuture ahead (a driver on the
//  clock
//    that goes on in sleep) and a missing stamp make it go by the time of observation, for good: a
//    publication is then seen when the value or the stamp differs from the last.
//  * A value or stamp that goes back begins anew and reports nothing.
//  * After sleep the first span is left out: it began before the sleep.
//
// Pure arithmetic; one thread. The counter never falls.
#pragma once

#include <cstdint>
#include <optional>

#include "collectors/energy_meter.h"
#include "core/clock.h"

namespace anemon {

class PublicationMeter {
 public:
  explicit PublicationMeter(double joules_per_unit) : unit_(joules_per_unit) {}

  enum class Outcome : uint8_t {
    still,
    published,
    rejected  // cannot be true: negative, or above kMostWatts; not counted
  };

  // `stamp` and `at` (the time of the reading) on the awake clock. No stamp: not published yet, or
  // a driver that does not tell.
  Outcome feed(int64_t value, std::optional<Duration> stamp, Duration at) noexcept;

  // The machine slept, or nobody looked for long.
  void rebaseline() noexcept;

  double joules() const noexcept { return static_cast<double>(total_) * unit_; }
  std::optional<PowerSpan> power(Duration at) const noexcept;  // unset when none is held any more

  bool ever_nonzero() const noexcept { return ever_nonzero_; }  // the raw value, whenever counted
  bool by_observation() const noexcept { return by_observation_; }

  // Time of the newest publication; unset before the first that was seen, or known by its stamp.
  std::optional<Duration> published() const noexcept { return published_; }
  // When the last span that closed did; with its length, it says which publications it is of.
  Duration closed() const noexcept { return span_begin_; }
  // When the value last moved, or was first read.
  Duration moved() const noexcept { return moved_; }
  // Since when a publication has been waited for; what is longer than hold() is too long.
  Duration waiting_since() const noexcept { return published_.value_or(first_read_); }
  Duration hold() const noexcept;

  static constexpr Duration kMinSpan = std::chrono::milliseconds(50);
  static constexpr Duration kHold = std::chrono::seconds(10);
  static constexpr Duration kFuture = std::chrono::seconds(1);
  // More than any Mac with Apple silicon can draw from the wall.
  static constexpr double kMostWatts = 500;

 private:
  void start(int64_t value, std::optional<Duration> stamp, Duration time) noexcept;
  Outcome publish(int64_t value, std::optional<Duration> stamp, Duration time) noexcept;

  double unit_;
  bool read_ = false;
  bool started_ = false;  // there is a baseline
  bool skip_span_ = false;
  bool by_observation_ = false;
  bool ever_nonzero_ = false;
  int64_t value_ = 0;
  std::optional<Duration> stamp_;
  std::optional<int64_t> unstamped_;  // the value, while no publication is known
  Duration observed_{};               // when it was read
  int64_t total_ = 0;                 // counted, in units
  int64_t span_ = 0;                  // of it, in the open span
  Duration span_begin_{};
  Duration first_read_{};
  Duration moved_{};
  std::optional<Duration> published_;
  std::optional<PowerSpan> power_;
};

}  // namespace anemon
