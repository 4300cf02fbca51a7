// The warm-up of a model: how many iterations to throw away before measuring. Pure: it is told how
// long iterations took and has no clock.
#pragma once

#include <cstddef>
#include <vector>

#include "profiler/statistics/steadiness.h"

namespace anemon::profiler {

struct WarmUpRule {
  size_t iterations = 10;     // at least, and
  double seconds = 1;         // at least; then until steady,
  double limit_seconds = 30;  // but at most
};

// Usage: do warm.add(latency, elapsed) after each iteration until it returns true; go on to measure
// at once. Judging takes well under a millisecond and happens each time the series has grown by a
// tenth; memory is bounded. One thread.
class WarmUp {
 public:
  // Throws Error when a time is negative or not finite, or the limit is below `seconds`.
  explicit WarmUp(WarmUpRule rule = {});

  // One iteration: its latency and the time since the warm-up began, both in seconds. Returns
  // done(). Throws Error when a time is not finite or negative, or `elapsed` goes back. Calls
  // after done() change nothing.
  bool add(double latency, double elapsed);

  bool done() const { return done_; }
  // What was found when it was last judged; its reason says so where the limit ended it.
  const Steadiness& verdict() const { return verdict_; }
  bool steady() const { return verdict_.stability == Stability::steady; }
  size_t iterations() const { return iterations_; }
  double elapsed() const { return elapsed_; }

 private:
  void judge();
  void keep(double latency);

  WarmUpRule rule_;
  // Means of group_ iterations each; when there are too many, neighbours are joined.
  std::vector<double> series_;
  size_t group_ = 1;
  double pending_ = 0;  // sum of a group that is not full
  size_t pending_count_ = 0;
  size_t iterations_ = 0;
  size_t next_judgement_ = 0;  // in iterations
  double elapsed_ = 0;
  bool done_ = false;
  Steadiness verdict_;
};

}  // namespace anemon::profiler
