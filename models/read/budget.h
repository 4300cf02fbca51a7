// What may still be read of one model with its members: counts down from ReadLimits.
#pragma once

#include <string>

#include "models/read/read_model.h"
#include "models/read/wire.h"

namespace anemon::models {

struct Budget {
  unsigned depth;
  uint64_t operations;
  uint64_t values;
  uint64_t members;

  explicit Budget(const ReadLimits& limits)
      : depth(limits.depth),
        operations(limits.operations),
        values(limits.values),
        members(limits.members) {}

  // Throw WireError when there is no more to spend.
  void take_operation() { take(operations, 1, "operations"); }
  void take_member() { take(members, 1, "members"); }
  void take_values(uint64_t count = 1) { take(values, count, "values"); }

 private:
  static void take(uint64_t& left, uint64_t count, const char* what) {
    if (count > left) throw WireError(std::string("the model has more ") + what + " than are read");
    left -= count;
  }
};

// One level deeper while it lives.
class Nesting {
 public:
  explicit Nesting(Budget& budget) : budget_(budget) {
    if (budget_.depth == 0) throw WireError("the model is nested deeper than is read");
    --budget_.depth;
  }
  ~Nesting() { ++budget_.depth; }
  Nesting(const Nesting&) = delete;
  Nesting& operator=(const Nesting&) = delete;

 private:
  Budget& budget_;
};

}  // namespace anemon::models
