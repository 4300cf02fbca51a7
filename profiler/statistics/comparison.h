// Is B faster than A: a verdict with its interval, or the number of runs that would decide. Values
// are latencies in any unit, lower is better. Pure. Throws Error for a value that is not finite or
// not above 0, for an empty sample, and for a margin that is negative or not finite.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "profiler/statistics/rank_tests.h"
#include "profiler/statistics/sample.h"
#include "profiler/statistics/shift.h"

namespace anemon::profiler {

enum class Verdict : uint8_t { faster, slower, equivalent, inconclusive };  // B, against A
std::string_view to_string(Verdict verdict);

// Smaller differences than this fraction of A's median make no difference to anybody; below about
// 1 % a machine does not even agree with itself from day to day.
inline constexpr double kEquivalenceMargin = 0.02;

struct Comparison {
  Verdict verdict = Verdict::inconclusive;
  double median_a = 0;
  double median_b = 0;
  Shift shift;                       // of B over A; negative: B is faster
  double relative = 0;               // the shift over median_a
  std::optional<Interval> interval;  // 95 % of `relative`; unset: too few
  double margin = 0;                 // that was asked, relative
  // Of the two samples, or of the medians of A's and B's segments: there drift between blocks makes
  // it hide differences, never find more.
  MannWhitney mann_whitney;
  std::optional<RankTest> signed_rank;  // of the blocks' differences
  size_t count = 0;  // of what is compared: groups of the smaller sample, or blocks
  size_t group = 1;  // runs joined to one value; more than one where neighbours are alike
  // The smallest relative difference that so many values find four times out of five.
  std::optional<double> minimum_detectable;
  // So many in place of `count` would decide four times out of five, were the spread and the shift
  // what they seem. Only for an inconclusive verdict, where it can be estimated.
  std::optional<size_t> needed;
  std::string words;
};

// The verdict is by inclusion of the interval: equivalent when it lies within the margin, else
// faster or slower when it holds no zero, else inconclusive (two one-sided tests, at 2.5 % each).

// Two samples in the order in which they were measured; shift and interval are shift_between().
// Where a series is autocorrelated both are condensed to medians of five autocorrelation times.
// It takes a drift between the two for a difference: interleave, and use compare_blocks().
Comparison compare(std::span<const double> a, std::span<const double> b,
                   double margin = kEquivalenceMargin);

// A block of interleaved segments: A B B A, or B A A B with b1 and b2 outside.
struct AbbaBlock {
  std::vector<double> a1, b1, b2, a2;
};

// Estimator: a block's difference is the mean of the medians of b1 and b2 less that of a1 and a2.
// As both have their middle at the same time, drift that is linear over a block cancels. The
// blocks' differences are taken as independent and symmetric; shift and interval are shift_of()
// them.
Comparison compare_blocks(std::span<const AbbaBlock> blocks, double margin = kEquivalenceMargin);

}  // namespace anemon::profiler
