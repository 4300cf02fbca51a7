// A collector turns raw snapshots of one kind of device (platform/) into readings: pure decoding
// logic, the same on every OS.
//
// Threads: construction and every `collect` happen on one sampling thread, which owns the
// collector and its platform handles. `collect` may throw; the scheduler counts and logs it.
#pragma once

#include <memory>

#include "collectors/pass.h"

namespace anemon {

class Collector {
 public:
  virtual ~Collector() = default;

  // Reads the device once and sets the readings of this pass. Throws Error when the pass failed as
  // a whole; reports what the machine lacks through Pass::signal and returns normally.
  virtual void collect(Pass& pass) = 0;
};

}  // namespace anemon
