#include "sessions/point_fold.h"

#include <algorithm>

namespace anemon {

SamplePoints fold(const SamplePoints& points, SessionTime width) {
  SamplePoints folded;
  for (const SamplePoint& point : points) {
    if (folded.empty() || folded.back().at / width != point.at / width) {
      folded.push_back(point);
      continue;
    }
    SamplePoint& bucket = folded.back();
    bucket.min = std::min(bucket.min, point.min);
    bucket.max = std::max(bucket.max, point.max);
    bucket.count += point.count;
    // Running form: the sum of a long bucket's values could lose what the mean does not.
    bucket.mean += (point.mean - bucket.mean) * static_cast<double>(point.count) /
                   static_cast<double>(bucket.count);
    bucket.last = point.last;
  }
  return folded;
}

}  // namespace anemon
