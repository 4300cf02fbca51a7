// Samples that are refused.
#pragma once

#include <limits>
#include <vector>

namespace anemon::profiler {

inline const std::vector<std::vector<double>> kNotFinite = {
    {std::numeric_limits<double>::quiet_NaN()},
    {1, 2, std::numeric_limits<double>::quiet_NaN(), 4, 5, 6, 7, 8, 9},
    {1, 2, 3, 4, 5, 6, 7, 8, std::numeric_limits<double>::infinity()},
    {-std::numeric_limits<double>::infinity(), 1, 2, 3, 4, 5, 6, 7, 8},
};

}  // namespace anemon::profiler
