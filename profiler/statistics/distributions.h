// The distribution functions that the tests and intervals here need. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

namespace anemon::profiler {

// P(Z <= x) of the standard normal distribution, and its inverse for 0 < p < 1 (within 1e-12;
// throws Error otherwise).
double normal_cdf(double x);
double normal_quantile(double p);

// P(T <= t) of Student's t with `degrees` > 0 of freedom, not necessarily whole (incomplete beta
// function by its continued fraction, Abramowitz and Stegun 26.5.8), and its inverse for 0 < p < 1.
double student_cdf(double t, double degrees);
double student_quantile(double p, double degrees);

// Of Binomial(n, p), 0 < p < 1: the probabilities of the counts that matter, every one that is left
// out below 1e-20 of the most probable.
struct BinomialWindow {
  size_t first = 0;                   // count of probabilities[0]
  std::vector<double> probabilities;  // sum to 1
};
BinomialWindow binomial(size_t n, double p);

// Most values that there is an exact distribution of ranks for; Error above.
inline constexpr size_t kMostRankSum = 50;  // of both samples together
inline constexpr size_t kMostSignedRank = 200;

// Null distribution of the Mann-Whitney U of samples of n and m without ties: P(U = u) for u = 0 to
// n * m.
std::vector<double> rank_sum_distribution(size_t n, size_t m);

// Null distribution of Wilcoxon's signed-rank sum of n differences without ties: P(W = w) for
// w = 0 to n (n + 1) / 2.
std::vector<double> signed_rank_distribution(size_t n);

// The largest c with P(X < c) <= tail: with it, the order statistics c and N + 1 - c, counted from
// 1 among N = distribution.size() - 1 values, make an interval. 0: not even the extremes do.
size_t tail_rank(const std::vector<double>& distribution, double tail);

}  // namespace anemon::profiler
