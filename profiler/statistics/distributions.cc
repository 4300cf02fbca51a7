#include "profiler/statistics/distributions.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>

#include "core/error.h"

namespace anemon::profiler {
namespace {

void require_probability(double p) {
  if (!(p > 0 && p < 1)) throw Error(fmt::format("no quantile of probability {}", p));
}

// Bisection of an increasing function whose values are probabilities, to the last bit.
template <class Cdf>
double inverse(const Cdf& cdf, double p) {
  double low = -1, high = 1;
  while (cdf(low) > p) low *= 2;
  while (cdf(high) < p) high *= 2;
  for (;;) {
    const double mid = low + (high - low) / 2;
    if (mid <= low || mid >= high) return mid;
    (cdf(mid) < p ? low : high) = mid;
  }
}

// The continued fraction of the incomplete beta function, evaluated as Lentz does.
double beta_fraction(double x, double a, double b) {
  constexpr double kTiny = 1e-300;
  const auto away_from_zero = [](double v) { return std::abs(v) < kTiny ? kTiny : v; };
  double c = 1;
  double d = 1 / away_from_zero(1 - (a + b) * x / (a + 1));
  double f = d;
  for (int i = 1; i < 10'000; ++i) {
    const double m = i;
    const double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / away_from_zero(1 + even * d);
    c = away_from_zero(1 + even / c);
    f *= d * c;
    const double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / away_from_zero(1 + odd * d);
    c = away_from_zero(1 + odd / c);
    f *= d * c;
    if (std::abs(d * c - 1) < 1e-15) break;
  }
  return f;
}

// The regularised incomplete beta function; its fraction converges fast below the mean.
double incomplete_beta(double x, double a, double b) {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - incomplete_beta(1 - x, b, a);
  const double log_front =
      std::lgamma(a + b) - std::lgamma(a) - std::lgamma(b) + a * std::log(x) + b * std::log1p(-x);
  return std::exp(log_front) * beta_fraction(x, a, b) / a;
}

[[noreturn]] void refuse_exact(size_t n, size_t most) {
  throw Error(fmt::format("no exact distribution of ranks for {} values", n),
              fmt::format("use the normal approximation above {}", most));
}

}  // namespace

double normal_cdf(double x) { return std::erfc(-x / std::numbers::sqrt2) / 2; }

double normal_quantile(double p) {
  require_probability(p);
  // Of the upper half by symmetry: near 1 there are too few bits to bisect.
  if (p > 0.5) return -normal_quantile(1 - p);
  return inverse(normal_cdf, p);
}

double student_cdf(double t, double degrees) {
  if (!(degrees > 0)) throw Error(fmt::format("no Student's t with {} degrees", degrees));
  if (degrees > 1e7) return normal_cdf(t);  // equal to 1e-7, and the fraction gets slow
  const double tail = incomplete_beta(degrees / (degrees + t * t), degrees / 2, 0.5) / 2;
  return t < 0 ? tail : 1 - tail;
}

double student_quantile(double p, double degrees) {
  require_probability(p);
  if (p > 0.5) return -student_quantile(1 - p, degrees);
  if (p == 0.5) return 0;
  return inverse([&](double t) { return student_cdf(t, degrees); }, p);
}

BinomialWindow binomial(size_t n, double p) {
  require_probability(p);
  // From the most probable count outwards, by the ratio of neighbours; the sum makes it a
  // probability, so that no factorial is needed.
  constexpr double kNegligible = 1e-20;
  const double odds = p / (1 - p);
  const auto mode = std::min(n, static_cast<size_t>((static_cast<double>(n) + 1) * p));
  std::vector<double> below;
  double term = 1;
  for (size_t k = mode; k > 0 && term > kNegligible; --k) {
    term *= static_cast<double>(k) / (static_cast<double>(n - k + 1) * odds);
    below.push_back(term);
  }
  BinomialWindow window{mode - below.size(), {below.rbegin(), below.rend()}};
  window.probabilities.push_back(1);
  term = 1;
  for (size_t k = mode; k < n && term > kNegligible; ++k) {
    term *= static_cast<double>(n - k) * odds / static_cast<double>(k + 1);
    window.probabilities.push_back(term);
  }
  const double total =
      std::accumulate(window.probabilities.begin(), window.probabilities.end(), 0.0);
  for (double& value : window.probabilities) value /= total;
  return window;
}

std::vector<double> rank_sum_distribution(size_t n, size_t m) {
  if (n + m > kMostRankSum) refuse_exact(n + m, kMostRankSum);
  // The generating function is the Gaussian binomial: the product over i = 1..n of
  // (1 - x^(m + i)) / (1 - x^i). Every partial product has whole coefficients, which doubles hold
  // without rounding up to C(50, 25).
  const size_t size = n * m + 1;
  std::vector<double> counts(size, 0.0);
  counts[0] = 1;
  for (size_t i = 1; i <= n; ++i) {
    for (size_t u = size; u-- > m + i;) counts[u] -= counts[u - m - i];
    for (size_t u = i; u < size; ++u) counts[u] += counts[u - i];
  }
  const double total = std::accumulate(counts.begin(), counts.end(), 0.0);
  for (double& count : counts) count /= total;
  return counts;
}

std::vector<double> signed_rank_distribution(size_t n) {
  if (n > kMostSignedRank) refuse_exact(n, kMostSignedRank);
  std::vector<double> probabilities(n * (n + 1) / 2 + 1, 0.0);
  probabilities[0] = 1;
  size_t largest = 0;
  for (size_t rank = 1; rank <= n; ++rank) {
    largest += rank;
    for (size_t w = largest + 1; w-- > 0;) {
      const double without = probabilities[w];
      const double with = w >= rank ? probabilities[w - rank] : 0;
      probabilities[w] = (without + with) / 2;
    }
  }
  return probabilities;
}

size_t tail_rank(const std::vector<double>& distribution, double tail) {
  // The distributions are sums of rounded halves: what is equal to `tail` but for that, counts.
  constexpr double kRounding = 1e-12;
  double below = 0;
  size_t rank = 0;
  while (rank < distribution.size() && below + distribution[rank] <= tail + kRounding) {
    below += distribution[rank++];
  }
  return rank;
}

}  // namespace anemon::profiler
