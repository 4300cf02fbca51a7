// What passes did since the instruments were last told. A collector that runs a thousand times a
// second must not pay for its instruments each time: they are told at most twice a second.
#pragma once

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>

#include <algorithm>
#include <vector>

#include "core/clock.h"

namespace anemon {

// One thread.
class PassTally {
 public:
  // Upper bounds of the durations' buckets, in seconds; the last bucket has none.
  static const std::vector<double>& bounds() {
    static const std::vector<double> kBounds = {1e-5, 1e-4, 1e-3, 1e-2, 0.1, 1};
    return kBounds;
  }

  PassTally(prometheus::Counter& runs, prometheus::Histogram& durations)
      : runs_(runs), durations_(durations), buckets_(bounds().size() + 1) {}

  void add(Duration took) {
    const double seconds = to_seconds(took);
    const auto bucket = std::lower_bound(bounds().begin(), bounds().end(), seconds);
    buckets_[static_cast<size_t>(bucket - bounds().begin())] += 1;
    seconds_ += seconds;
    count_ += 1;
  }

  bool due(Duration now) const noexcept { return now - told_ >= kInterval; }

  void tell(Duration now) {
    runs_.Increment(count_);
    durations_.ObserveMultiple(buckets_, seconds_);
    std::fill(buckets_.begin(), buckets_.end(), 0);
    seconds_ = count_ = 0;
    told_ = now;
  }

 private:
  static constexpr Duration kInterval = std::chrono::milliseconds(500);

  prometheus::Counter& runs_;
  prometheus::Histogram& durations_;
  std::vector<double> buckets_;
  double seconds_ = 0;
  double count_ = 0;
  Duration told_ = -kInterval;  // the first pass is told at once
};

}  // namespace anemon
