#include "profiler/statistics/outliers.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "profiler/statistics/sample.h"

namespace anemon::profiler {
namespace {

constexpr size_t kMostNamed = 3;  // groups
constexpr size_t kFewestPeriodic = 3;
constexpr double kSamePeriod = 0.10;

// Outliers that follow each other.
struct Group {
  size_t first = 0;
  size_t count = 0;
};

std::vector<Group> groups_of(const std::vector<Outlier>& outliers) {
  std::vector<Group> groups;
  for (const Outlier& outlier : outliers) {
    if (!groups.empty() && groups.back().first + groups.back().count == outlier.index) {
      ++groups.back().count;
    } else {
      groups.push_back({outlier.index, 1});
    }
  }
  return groups;
}

// The mean distance between groups, or 0 when the distances differ.
double period(std::span<const Group> groups) {
  if (groups.size() < kFewestPeriodic) return 0;
  const double mean = static_cast<double>(groups.back().first - groups.front().first) /
                      static_cast<double>(groups.size() - 1);
  for (size_t i = 1; i < groups.size(); ++i) {
    const auto distance = static_cast<double>(groups[i].first - groups[i - 1].first);
    if (std::abs(distance - mean) > std::max(1.0, kSamePeriod * mean)) return 0;
  }
  return mean;
}

std::string words_of(const Group& group) {
  if (group.first == 0) {
    return group.count == 1 ? "the first run" : fmt::format("the first {} runs", group.count);
  }
  if (group.count == 1) return fmt::format("run {}", group.first + 1);
  return fmt::format("{} in a row at {}", group.count, group.first + 1);
}

std::string listed(std::span<const Group> groups) {
  std::string words;
  for (size_t i = 0; i < groups.size(); ++i) {
    if (i > 0) words += i + 1 == groups.size() ? " and " : ", ";
    words += words_of(groups[i]);
  }
  return words;
}

// A slow start says nothing against a period of those that follow.
std::span<const Group> after_start(std::span<const Group> groups) {
  return groups.front().first == 0 ? groups.subspan(1) : groups;
}

void describe(Outliers& outliers, size_t runs) {
  const std::vector<Group> groups = groups_of(outliers.values);
  if (groups.empty()) return;
  // The first run may be part of the rhythm as well as a cold start.
  std::span<const Group> rhythm = groups;
  double every = period(rhythm);
  if (every == 0) every = period(rhythm = after_start(groups));
  if (every > 0) {
    outliers.pattern = OutlierPattern::periodic;
    const bool cold = rhythm.size() < groups.size();
    outliers.words = fmt::format(
        "{}{} every {:.0f} runs, from run {}", cold ? words_of(groups.front()) + " and " : "",
        rhythm.front().count == 1 ? "one" : "some", every, rhythm.front().first + 1);
    return;
  }
  if (groups.size() == 1) {
    outliers.pattern = groups.front().first == 0  ? OutlierPattern::first
                       : groups.front().count > 1 ? OutlierPattern::clustered
                                                  : OutlierPattern::scattered;
  } else {
    outliers.pattern = OutlierPattern::scattered;
  }
  outliers.words = groups.size() <= kMostNamed
                       ? listed(groups)
                       : fmt::format("{} of {} runs", outliers.values.size(), runs);
}

}  // namespace

Outliers find_outliers(std::span<const double> series) {
  Outliers outliers;
  outliers.median = median(series);
  outliers.mad = median_absolute_deviation(series, outliers.median);
  if (outliers.mad == 0) {
    double distance = 0;
    for (double value : series) {
      distance += std::abs(value - outliers.median) / static_cast<double>(series.size());
    }
    outliers.mad = distance * 1.2533 / 1.4826;
  }
  if (outliers.mad == 0) return outliers;  // all are equal
  for (size_t i = 0; i < series.size(); ++i) {
    const double score = (series[i] - outliers.median) / outliers.mad;
    if (std::abs(score) > kOutlierMads) outliers.values.push_back({i, series[i], score});
  }
  describe(outliers, series.size());
  return outliers;
}

}  // namespace anemon::profiler
