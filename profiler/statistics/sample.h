// What every statistic here starts from. Values are of any unit; NaN, infinity and what is beyond
// kLargest are refused with Error, for a measurement that failed is no value. Pure functions, safe
// from any thread.
#pragma once

#include <span>
#include <string_view>
#include <vector>

namespace anemon::profiler {

// Of every interval and test here: 95 %, that is 5 % for a wrong alarm.
inline constexpr double kConfidence = 0.95;

struct Interval {
  double low = 0;
  double high = 0;

  double half_width() const { return (high - low) / 2; }
  bool holds(double value) const { return low <= value && value <= high; }
};

// No measurement is larger, and the squares of smaller values can be summed.
inline constexpr double kLargest = 1e150;

// Throws Error that names `what` and the first value that is not finite or beyond kLargest.
void require_finite(std::span<const double> values, std::string_view what);

// The same in ascending order; refuses as require_finite does.
std::vector<double> sorted(std::span<const double> values, std::string_view what = "the sample");

// The middle value, or the mean of the two in the middle. Throws Error when there are none.
double median_of_sorted(std::span<const double> ascending);
double median(std::span<const double> values);

// The median of the distances to `center`, not scaled (times 1.4826 it estimates the standard
// deviation of a normal distribution).
double median_absolute_deviation(std::span<const double> values, double center);

// The medians of consecutive groups of `length` values; the last group takes what is left over, so
// that it holds up to 2 * length - 1. None of an empty sample; all values for a length of 0 or 1.
std::vector<double> group_medians(std::span<const double> values, size_t length);

}  // namespace anemon::profiler
