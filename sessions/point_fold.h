// Folding points into coarser ones, for sessions that outgrow their share of the disk.
#pragma once

#include "sessions/sample_point.h"

namespace anemon {

// Points that begin in the same multiple of `width` become one: least and greatest value, mean
// weighted by count, last value. A sum over counts, and the last value, survive any folding.
SamplePoints fold(const SamplePoints& points, SessionTime width);

}  // namespace anemon
