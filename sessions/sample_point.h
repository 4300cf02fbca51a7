// One kept point of a session's series: a raw sample, or a bucket of several.
#pragma once

#include <chrono>
#include <cstdint>
#include <vector>

namespace anemon {

// Time since a session began, on the continuous clock: it goes on in sleep and never jumps, unlike
// Unix time, which is this plus the Unix time of the session's begin.
using SessionTime = std::chrono::microseconds;

struct SamplePoint {
  SessionTime at{};  // of the sample, or of the first sample in the bucket
  double min = 0, max = 0, mean = 0, last = 0;
  uint64_t count = 1;  // of raw samples

  bool operator==(const SamplePoint&) const = default;
};
using SamplePoints = std::vector<SamplePoint>;  // ascending in time

inline SamplePoint raw_point(SessionTime at, double value) {
  return {at, value, value, value, value, 1};
}

}  // namespace anemon
