// A function's operations as the Neural Engine would run them, and what a call adds.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "models/placement/placement.h"

namespace anemon::models {

struct EngineTimes {
  struct Timed {
    size_t operation;  // index into FunctionAnalysis::operations
    double seconds;    // the placement's, at least what reading the weights takes
    std::string_view bound;
  };
  std::vector<Timed> operations;  // that can run there and whose cost is known
  double total = 0;               // seconds, without dispatch; of what is in `operations`
  bool known = true;              // false: what some operation that can run there takes is not

  double share_of(std::string_view bound) const;  // 0..1; 0 when nothing is known
};

enum class Included : uint8_t {
  possible,  // all that can run there
  chosen,    // of these what is predicted to run there, or may where no winner can be named
};
EngineTimes engine_times(const FunctionAnalysis& analysis, const Placement& placement,
                         Included included);

// Seconds the matrix part takes at the chip's fp16 peak: no saving goes below. 0 when not known.
double compute_seconds(const OperationCost& cost, const Chip& chip);

// Seconds of one call: the chip's where published, else the placement study's, as folklore.
Fact dispatch_of(const Chip& chip);
double dispatch_seconds(const Chip& chip);

// The least power of two, from 2 to 64, whose predictions together compute long enough for a call.
uint64_t amortising_batch(double compute_seconds);

}  // namespace anemon::models
