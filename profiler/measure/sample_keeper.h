// Keeps the calls of a measured phase, however many there are: above a million one of every two,
// then of every four, ... so that they lie evenly over the whole of it.
#pragma once

#include <cstddef>
#include <cstdint>

#include "profiler/runner/protocol.h"

namespace anemon::profiler {

class SampleKeeper {
 public:
  static constexpr size_t kMost = size_t{1} << 20;

  // `kept` is emptied; it must outlive this.
  explicit SampleKeeper(Samples& kept, size_t most = kMost);

  // Starts become seconds since `origin`. What the engine tells of some calls only is NaN for the
  // others.
  void add(const Samples& chunk, double origin);

  uint64_t calls() const { return calls_; }  // all of them

 private:
  void halve();

  Samples& kept_;
  const size_t most_;
  uint64_t every_ = 1;
  uint64_t calls_ = 0;
};

}  // namespace anemon::profiler
