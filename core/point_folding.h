// Folds points into steps of a fixed width.
#pragma once

#include <vector>

#include "core/series.h"

namespace anemon {

// Points of one series, oldest first, become one per step of wall time (aligned to the epoch), at
// the step's begin: min of mins, max of maxima, mean weighted by count, last of the newest.
// Zero keeps them as they are.
std::vector<Point> fold_points(const std::vector<Point>& points, Duration step);

}  // namespace anemon
