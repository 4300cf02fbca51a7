// Values that stand out, by the modified z-score: distance to the median in median absolute
// deviations (Iglewicz and Hoaglin, 1993). They are named, never dropped. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace anemon::profiler {

// In MADs: ten standard deviations of a normal distribution, as hyperfine takes it.
inline constexpr double kOutlierMads = 14.826;

struct Outlier {
  size_t index = 0;  // in the series, from 0
  double value = 0;
  double score = 0;  // in MADs, signed: positive is above the median
};

enum class OutlierPattern : uint8_t {
  none,
  first,      // all at the start: a cold cache, a model not loaded yet
  clustered,  // one group in a row: a disturbance that passed
  periodic,   // three or more groups at equal distances (within 10 %): a timer
  scattered
};

struct Outliers {
  std::vector<Outlier> values;  // in the order of the series
  double median = 0;
  // What a score of 1 is: the MAD, or, where more than half the values are equal and it is 0, the
  // mean distance to the median times 1.2533 / 1.4826, its equal for a normal distribution.
  double mad = 0;
  OutlierPattern pattern = OutlierPattern::none;
  // "the first run", "the first 3 runs and 2 in a row at 120", "one every 50 runs, from run 10",
  // "7 of 500 runs"; runs are counted from 1. Empty when there are none.
  std::string words;
};

// Throws Error for an empty series or one that holds what is not finite.
Outliers find_outliers(std::span<const double> series);

}  // namespace anemon::profiler
