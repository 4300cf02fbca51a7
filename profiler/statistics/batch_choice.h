// What a sweep over batch sizes says: where more stops to pay, and the best size for each aim.
// Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>

namespace anemon::profiler {

// Of one size; items are what a batch holds.
struct BatchPoint {
  size_t size = 0;
  double throughput = 0;         // items per second
  double latency = 0;            // seconds per call
  std::optional<double> energy;  // joules per item; net energy may be negative
  std::optional<double> memory;  // bytes, at the peak
};

struct BatchLimits {
  std::optional<double> latency;  // seconds per call, at most
  std::optional<double> memory;   // bytes, at most; a size whose memory is not known is not within
};

// Sizes; unset where no size is it.
struct BatchChoice {
  // Where the curve of throughput lies farthest above the chord from its first point to its
  // highest, both axes scaled to 0..1 (Satopaa et al., "Finding a Kneedle in a Haystack", 2011,
  // without smoothing). Unset below three points up to the highest, where throughput grows by less
  // than 5 %, and where it never lies a tenth above the chord: it still grows in proportion.
  std::optional<size_t> knee;
  // Of sizes within 1 % of the best the smallest, for it costs least.
  std::optional<size_t> throughput;
  std::optional<size_t> latency;
  std::optional<size_t> energy;         // among the sizes whose energy is known
  std::optional<size_t> within_limits;  // highest throughput that keeps every limit that is set
  std::string words;                    // the analysis, in sentences
};

// Throws Error for no points, a size of 0 or twice, and throughput, latency or a limit that is not
// finite and above 0. Points may come in any order.
BatchChoice choose_batch(std::span<const BatchPoint> points, const BatchLimits& limits = {});

}  // namespace anemon::profiler
