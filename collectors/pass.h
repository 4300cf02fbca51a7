// What one call of Collector::collect may use: the time, the series it sets, the states it reports.
// Kept by the scheduler from pass to pass; used only by the collector's thread.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <tuple>

#include "core/series_group.h"
#include "core/signal_board.h"

namespace anemon {

class Pass {
 public:
  Pass(SeriesGroup& group, SignalBoard& signals) : group_(group), signals_(signals) {}

  // ---- For the collector -----------------------------------------------------------------------

  // When the pass began. Take a time of your own next to a slow read if a rate depends on it.
  Instant now() const noexcept { return now_; }

  // True in the first pass and in the first after the machine slept: counters must be taken as a
  // new baseline, and nothing derived from their change since the last pass.
  bool rebaseline() const noexcept { return rebaseline_; }

  // NaN and infinities are not values: the series stays absent.
  void set(Series& series, double value) {
    if (group_.set(series, value)) ++readings_;
  }

  // Reports the state of a signal; cheap when unchanged. `component` as in the metric's labels.
  void signal(Metric metric, std::string_view component, std::string_view source, SignalState state,
              std::string_view reason = {});
  void signal(Metric metric, std::string_view component, std::string_view source, SignalState state,
              std::string_view reason, Provenance provenance);

  // When the device itself last published what the signal is, on the awake clock. Takes a lock:
  // tell it once for each publication.
  void published(Metric metric, std::string_view component, std::string_view source, Duration at) {
    signals_.published(metric, component, source, now_.wall - (now_.awake - at));
  }

  // Counts a reading that was dropped because it cannot be true. `rule` from a small fixed set.
  void reject(const std::string& rule) { ++rejected_[rule]; }

  // Says that this machine has nothing for the collector to read (the signals say why), or that all
  // is well without a reading: an empty pass is then not a failure.
  void nothing_to_read() noexcept { nothing_to_read_ = true; }

  // ---- For the scheduler -----------------------------------------------------------------------

  void begin(Instant now, bool rebaseline) {
    now_ = now;
    rebaseline_ = rebaseline;
    readings_ = 0;
    nothing_to_read_ = false;
    rejected_.clear();
  }
  bool good() const noexcept { return readings_ > 0 || nothing_to_read_; }
  const std::map<std::string, int>& rejected() const noexcept { return rejected_; }

 private:
  SeriesGroup& group_;
  SignalBoard& signals_;
  Instant now_;
  bool rebaseline_ = true;
  size_t readings_ = 0;
  bool nothing_to_read_ = false;
  std::map<std::string, int> rejected_;
  using Key = std::tuple<Metric, std::string, std::string>;
  struct KeyLess {  // compares without making strings
    using is_transparent = void;
    using View = std::tuple<Metric, std::string_view, std::string_view>;
    bool operator()(const View& a, const View& b) const { return a < b; }
  };
  std::map<Key, std::pair<SignalState, std::string>, KeyLess> reported_;
};

}  // namespace anemon
