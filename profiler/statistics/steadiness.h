// Whether a series of latencies has stopped changing, by test. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace anemon::profiler {

// Medians of consecutive windows may differ by this much of their middle, or by what chance
// explains (five standard errors of a window's median, corrected for autocorrelation) where that is
// more.
inline constexpr double kWindowAgreement = 0.10;
// A rise or fall is one when Mann-Kendall sees it at 1 % and Theil-Sen's line changes by this much.
inline constexpr double kTrendChange = 0.05;
// Fewer values say nothing: three windows of three.
inline constexpr size_t kFewestForSteadiness = 9;

enum class Stability : uint8_t { steady, unstable, too_few };

struct Steadiness {
  Stability stability = Stability::too_few;
  size_t warm_up = 0;  // values at the start that are not of the steady state
  double spread = 0;   // of the windows' medians: largest less smallest, over their median
  double change = 0;   // from the first to the last by Theil-Sen, over the median; signed
  std::string reason;  // "steady after 110 of 810 iterations", "windows differ by 23 % ..."
};

// The values at the start to cut off: MSER-5 (White, 1997) with medians in place of means, so that
// one slow call is no warm-up; groups of one below 50 values. The length of the series when what
// is best to cut is half of it or more: no end is seen.
size_t warm_up_length(std::span<const double> series);

// Of a warm-up: after what warm_up_length() cuts off the last three of ten windows (of three below
// 100 values) agree and there is no trend. Throws Error for what is not finite.
Steadiness reached_steady_state(std::span<const double> series);

// Of a measured run: nothing is cut off, all windows agree and there is no trend.
Steadiness judge_run(std::span<const double> series);

}  // namespace anemon::profiler
