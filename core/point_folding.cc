#include "core/point_folding.h"

#include <algorithm>

namespace anemon {

std::vector<Point> fold_points(const std::vector<Point>& points, Duration step) {
  if (step <= Duration::zero()) return points;
  std::vector<Point> folded;
  for (const Point& point : points) {
    const Duration begin = point.at.wall / step * step;
    if (folded.empty() || folded.back().at.wall != begin) {
      folded.push_back(point);
      folded.back().at.wall = begin;
      continue;
    }
    Point& into = folded.back();
    const double count = static_cast<double>(into.count) + static_cast<double>(point.count);
    into.min = std::min(into.min, point.min);
    into.max = std::max(into.max, point.max);
    into.mean += (point.mean - into.mean) * (static_cast<double>(point.count) / count);
    into.last = point.last;
    into.count += point.count;
  }
  return folded;
}

}  // namespace anemon
