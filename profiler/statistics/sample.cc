#include "profiler/statistics/sample.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/error.h"

namespace anemon::profiler {
namespace {

double middle(double a, double b) { return (a + b) / 2; }

double median_in_place(std::vector<double>& values) {
  if (values.empty()) throw Error("no median: the sample is empty", "measure at least once");
  const auto mid = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), mid, values.end());
  if (values.size() % 2 == 1) return *mid;
  return middle(*std::max_element(values.begin(), mid), *mid);
}

}  // namespace

void require_finite(std::span<const double> values, std::string_view what) {
  for (size_t i = 0; i < values.size(); ++i) {
    if (std::abs(values[i]) <= kLargest) continue;
    throw Error(fmt::format("{}: value {} of {} is {}, no measurement", what, i + 1, values.size(),
                            values[i]),
                "leave out measurements that failed");
  }
}

std::vector<double> sorted(std::span<const double> values, std::string_view what) {
  require_finite(values, what);
  std::vector<double> ascending(values.begin(), values.end());
  std::sort(ascending.begin(), ascending.end());
  return ascending;
}

double median_of_sorted(std::span<const double> ascending) {
  if (ascending.empty()) throw Error("no median: the sample is empty", "measure at least once");
  const size_t half = ascending.size() / 2;
  return ascending.size() % 2 == 1 ? ascending[half] : middle(ascending[half - 1], ascending[half]);
}

double median(std::span<const double> values) {
  require_finite(values, "the sample");
  std::vector<double> copy(values.begin(), values.end());
  return median_in_place(copy);
}

double median_absolute_deviation(std::span<const double> values, double center) {
  require_finite(values, "the sample");
  std::vector<double> distances;
  distances.reserve(values.size());
  for (double value : values) distances.push_back(std::abs(value - center));
  return median_in_place(distances);
}

std::vector<double> group_medians(std::span<const double> values, size_t length) {
  std::vector<double> medians;
  if (values.empty()) return medians;
  length = std::clamp<size_t>(length, 1, values.size());
  const size_t groups = values.size() / length;
  medians.reserve(groups);
  for (size_t i = 0; i < groups; ++i) {
    const size_t from = i * length;
    medians.push_back(
        median(values.subspan(from, i + 1 == groups ? values.size() - from : length)));
  }
  return medians;
}

}  // namespace anemon::profiler
