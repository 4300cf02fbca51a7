// Keeps a counter from falling when its source does.
#pragma once

#include "core/clock.h"

namespace anemon {

// Linux's idle and iowait times go back a little now and then (they are estimates while a core
// sleeps): then the counter waits until they have caught up. A greater fall means that the source
// began anew, as a core may when it comes back: then the counter goes on from where it was.
class CounterFloor {
 public:
  static constexpr Duration kLargestSlip = std::chrono::seconds(3);

  Duration advance(Duration raw) {
    if (raw + offset_ >= value_) return value_ = raw + offset_;
    if (raw + offset_ < value_ - kLargestSlip) offset_ = value_ - raw;
    return value_;
  }

 private:
  Duration value_{};
  Duration offset_{};
};

}  // namespace anemon
