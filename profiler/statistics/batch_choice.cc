#include "profiler/statistics/batch_choice.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/error.h"

namespace anemon::profiler {
namespace {

constexpr double kAsGood = 0.01;
constexpr double kLeastGain = 0.05;
constexpr double kLeastBend = 0.10;

bool is_positive(double value) { return std::isfinite(value) && value > 0; }

void require_usable(const std::vector<BatchPoint>& points, const BatchLimits& limits) {
  if (points.empty()) throw Error("no batch to choose: nothing was measured");
  for (size_t i = 0; i < points.size(); ++i) {
    const BatchPoint& p = points[i];
    if (p.size == 0) throw Error("no batch to choose: a batch of 0 items");
    if (i > 0 && points[i - 1].size == p.size) {
      throw Error(fmt::format("no batch to choose: size {} was given twice", p.size));
    }
    if (!is_positive(p.throughput) || !is_positive(p.latency) ||
        !std::isfinite(p.energy.value_or(0)) || !std::isfinite(p.memory.value_or(0))) {
      throw Error(fmt::format("no batch to choose: size {} has throughput {} and latency {}",
                              p.size, p.throughput, p.latency),
                  "leave out sizes that failed");
    }
  }
  if (!is_positive(limits.latency.value_or(1)) || !is_positive(limits.memory.value_or(1))) {
    throw Error("no batch to choose: a limit is not above 0");
  }
}

bool within(const BatchPoint& point, const BatchLimits& limits) {
  if (limits.latency && point.latency > *limits.latency) return false;
  return !limits.memory || (point.memory && *point.memory <= *limits.memory);
}

// The smallest size whose cost is within 1 % of the least; costs that are unset do not take part.
template <class Cost>
std::optional<size_t> cheapest(const std::vector<BatchPoint>& points, const Cost& cost) {
  std::optional<double> least;
  for (const BatchPoint& point : points) {
    const std::optional<double> value = cost(point);
    if (value && (!least || *value < *least)) least = value;
  }
  if (!least) return std::nullopt;
  for (const BatchPoint& point : points) {
    const std::optional<double> value = cost(point);
    if (value && *value <= *least + kAsGood * std::abs(*least)) return point.size;
  }
  return std::nullopt;
}

// Throughput as a cost: a rate of 1 % less is a time of 1 % more.
std::optional<double> seconds_per_item(const BatchPoint& point) { return 1 / point.throughput; }

std::optional<size_t> knee_of(const std::vector<BatchPoint>& points) {
  const auto top = std::max_element(
      points.begin(), points.end(),
      [](const BatchPoint& a, const BatchPoint& b) { return a.throughput < b.throughput; });
  const BatchPoint& first = points.front();
  if (top - points.begin() < 2 || top->throughput < (1 + kLeastGain) * first.throughput) {
    return std::nullopt;
  }
  std::optional<size_t> knee;
  double farthest = kLeastBend;
  for (auto point = points.begin() + 1; point != top; ++point) {
    const double across =
        static_cast<double>(point->size - first.size) / static_cast<double>(top->size - first.size);
    const double up = (point->throughput - first.throughput) / (top->throughput - first.throughput);
    if (up - across <= farthest) continue;
    farthest = up - across;
    knee = point->size;
  }
  return knee;
}

const BatchPoint& of_size(const std::vector<BatchPoint>& points, size_t size) {
  return *std::find_if(points.begin(), points.end(),
                       [&](const BatchPoint& point) { return point.size == size; });
}

std::string limits_in_words(const BatchLimits& limits) {
  std::string words;
  if (limits.latency) words = fmt::format("{:.4g} ms", 1e3 * *limits.latency);
  if (limits.memory) {
    words += fmt::format("{}{:.4g} MB", words.empty() ? "" : " and ", *limits.memory / 1e6);
  }
  return words;
}

std::string words_of(const std::vector<BatchPoint>& points, const BatchLimits& limits,
                     const BatchChoice& choice) {
  const BatchPoint& first = points.front();
  const BatchPoint& best = of_size(points, *choice.throughput);
  const double gain = best.throughput / first.throughput;
  std::string words;
  if (points.size() == 1) {
    words = fmt::format("Only size {} was measured.", first.size);
  } else if (gain < 1 + kLeastGain) {
    words =
        fmt::format("Batching does not raise throughput: size {} is as good as any.", best.size);
  } else {
    words = fmt::format("Throughput is highest at size {}, {:.2f} times that of size {}.",
                        best.size, gain, first.size);
    if (choice.knee) {
      const BatchPoint& knee = of_size(points, *choice.knee);
      words += fmt::format(
          " The knee is at size {}: {:.0f} % of the highest throughput at {:.0f} % "
          "of its latency.",
          knee.size, 100 * knee.throughput / best.throughput, 100 * knee.latency / best.latency);
    } else if (best.size == points.back().size) {
      words += " It still grows with size: larger ones may be better.";
    }
  }
  if (choice.energy) {
    words += fmt::format(" An item takes least energy at size {}.", *choice.energy);
  }
  if (!limits.latency && !limits.memory) return words;
  const std::string within_words = limits_in_words(limits);
  if (choice.within_limits) {
    return words + fmt::format(" Within {} size {} is best.", within_words, *choice.within_limits);
  }
  return words + fmt::format(" No size is known to stay within {}.", within_words);
}

}  // namespace

BatchChoice choose_batch(std::span<const BatchPoint> given, const BatchLimits& limits) {
  std::vector<BatchPoint> points(given.begin(), given.end());
  std::sort(points.begin(), points.end(),
            [](const BatchPoint& a, const BatchPoint& b) { return a.size < b.size; });
  require_usable(points, limits);
  BatchChoice choice;
  choice.knee = knee_of(points);
  choice.throughput = cheapest(points, seconds_per_item);
  choice.latency = cheapest(points, [](const BatchPoint& p) { return std::optional(p.latency); });
  choice.energy = cheapest(points, [](const BatchPoint& p) { return p.energy; });
  if (limits.latency || limits.memory) {
    choice.within_limits = cheapest(points, [&](const BatchPoint& p) {
      return within(p, limits) ? seconds_per_item(p) : std::nullopt;
    });
  }
  choice.words = words_of(points, limits, choice);
  return choice;
}

}  // namespace anemon::profiler
