// Tests by ranks of whether two samples differ. Pure; O(n log n). Throw Error for an empty sample
// or one that holds what is not finite.
#pragma once

#include <span>

namespace anemon::profiler {

struct RankTest {
  double statistic = 0;
  double p_value = 1;  // two-sided
  bool exact = false;  // from the distribution itself; else its normal approximation
};

struct MannWhitney : RankTest {
  // (pairs with b > a, less pairs with b < a) / all pairs: -1 all of b lie below all of a, 1 above.
  double cliffs_delta = 0;
};

// Mann and Whitney (1947): `statistic` is U, the number of pairs with b > a, ties counting one
// half. Exact for at most 20 values each and no ties; else normal with corrections for ties and
// continuity. Assumes independent values.
MannWhitney mann_whitney(std::span<const double> a, std::span<const double> b);

// Wilcoxon (1945): `statistic` is the sum of the ranks of the positive differences; zeros are left
// out. Exact for at most 100 differences without ties. Assumes them independent and symmetric.
RankTest signed_rank(std::span<const double> differences);

}  // namespace anemon::profiler
