// How much neighbouring measurements resemble each other, and how many independent ones they are
// worth. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "profiler/statistics/sample.h"

namespace anemon::profiler {

// rho_0 = 1 to rho_lags, each sum divided by n (Box and Jenkins); as many lags as there are values
// but one. All 0 but rho_0 for equal values. Throws Error for what is not finite.
std::vector<double> autocorrelations(std::span<const double> values, size_t lags);

// Whether neighbours are alike more than chance makes them, one-sided at 1 % per scale: the lag-1
// autocorrelation of the values, and of the means of 4, 16, 64... neighbours, against
// 2.33 / sqrt(n). The coarse scales find what is weak but lasts.
bool is_correlated(std::span<const double> values);

// The integrated autocorrelation time in values, at least 1: 1 + 2 * sum of rho_k, summed as
// Geyer's initial monotone sequence ("Practical Markov chain Monte Carlo", 1992, section 3.3) at
// the finest scale of is_correlated() that correlates; 1 when none does. Above 4096 values that is
// the first scale of fewer, the means of whose neighbours hold the finer ones (batch means).
double autocorrelation_time(std::span<const double> values);

struct MeanInterval {
  double mean = 0;
  double autocorrelation_time = 1;
  double effective_samples = 0;      // n / autocorrelation_time
  std::optional<Interval> interval;  // Student's t; unset below two effective samples
};

// Below some 30 effective samples of an autocorrelated series their number is itself a guess,
// mostly too high: the interval then holds the true mean less often than it says (85 % at 10).
// Throws Error for an empty sample or one that holds what is not finite.
MeanInterval mean_interval(std::span<const double> values);

}  // namespace anemon::profiler
