#include "profiler/statistics/comparison.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "profiler/statistics/autocorrelation.h"
#include "profiler/statistics/distributions.h"
#include "profiler/statistics/summary.h"

namespace anemon::profiler {
namespace {

constexpr double kPower = 0.80;
constexpr double kTimesPerGroup = 5;  // so that a group hardly resembles the next
constexpr size_t kFewestRuns = 4;     // below, no interval of two samples exists
constexpr size_t kFewestBlocks = 6;   // nor of differences
constexpr double kMostNeeded = 1e9;

// What the two estimators leave for the verdict.
struct Precision {
  double standard_error = 0;  // of the shift, for a sample without interval
  size_t fewest = 0;
  const char* unit;
};

void require_latencies(std::span<const double> values, const char* what) {
  require_finite(values, what);
  if (values.empty()) throw Error(fmt::format("no comparison: {} is empty", what));
  const auto bad = std::find_if(values.begin(), values.end(), [](double v) { return v <= 0; });
  if (bad == values.end()) return;
  throw Error(fmt::format("no comparison: {} holds a latency of {}", what, *bad),
              "latencies are above 0; leave out calls that failed");
}

void require_margin(double margin) {
  if (std::isfinite(margin) && margin >= 0) return;
  throw Error(fmt::format("no comparison within a margin of {}", margin), "0.02 is 2 %");
}

Verdict verdict_of(const std::optional<Interval>& interval, double margin) {
  if (!interval) return Verdict::inconclusive;
  if (interval->low >= -margin && interval->high <= margin) return Verdict::equivalent;
  if (interval->high < 0) return Verdict::faster;
  return interval->low > 0 ? Verdict::slower : Verdict::inconclusive;
}

std::string percent(double fraction) {
  return std::abs(fraction) < 0.1 ? fmt::format("{:.2g} %", 100 * fraction)
                                  : fmt::format("{:.0f} %", 100 * fraction);
}

std::string words_of(const Comparison& c, const Precision& precision) {
  const std::string needed =
      c.needed ? fmt::format("; about {} {} would decide", *c.needed * c.group, precision.unit)
               : "";
  if (!c.interval) {
    return fmt::format("inconclusive: {} {} are too few{}{}", c.count * c.group, precision.unit,
                       c.group > 1 ? ", for neighbours are alike" : "", needed);
  }
  const std::string range =
      fmt::format("{} to {}", percent(c.interval->low), percent(c.interval->high));
  const double size = std::abs(c.relative);
  switch (c.verdict) {
    case Verdict::faster:
      return fmt::format("B is faster by {} (latency {})", percent(size), range);
    case Verdict::slower:
      return fmt::format("B is slower by {} (latency {})", percent(size), range);
    case Verdict::equivalent:
      return fmt::format("equivalent within {} (latency {})", percent(c.margin), range);
    case Verdict::inconclusive:
      break;
  }
  return fmt::format("inconclusive: latency {}{}", range, needed);
}

// What follows from the shift; everything relative to A's median.
void decide(Comparison& c, const Precision& precision) {
  c.relative = c.shift.estimate / c.median_a;
  if (c.shift.interval) {
    c.interval = Interval{c.shift.interval->low / c.median_a, c.shift.interval->high / c.median_a};
  }
  c.verdict = verdict_of(c.interval, c.margin);
  const double z = normal_quantile((1 + kConfidence) / 2);
  const double error =
      c.interval ? c.interval->half_width() / z : precision.standard_error / c.median_a;
  const double detectable = (z + normal_quantile(kPower)) * error;
  if (c.interval) c.minimum_detectable = detectable;
  if (c.verdict == Verdict::inconclusive) {
    // Either zero or the margin must come to lie outside; widths shrink with the root of the count.
    const double distance = std::max(std::abs(c.relative), c.margin - std::abs(c.relative));
    const double ratio = distance > 0 ? detectable / distance : kMostNeeded;
    const double estimate = std::ceil(static_cast<double>(c.count) * ratio * ratio);
    if (estimate < kMostNeeded) {
      c.needed = std::max({static_cast<size_t>(estimate), precision.fewest, c.count + 1});
    }
  }
  c.words = words_of(c, precision);
}

double middle_of_segments(const std::vector<double>& first, const std::vector<double>& second) {
  return median(first) / 2 + median(second) / 2;
}

}  // namespace

std::string_view to_string(Verdict verdict) {
  switch (verdict) {
    case Verdict::faster:
      return "faster";
    case Verdict::slower:
      return "slower";
    case Verdict::equivalent:
      return "equivalent";
    case Verdict::inconclusive:
      break;
  }
  return "inconclusive";
}

Comparison compare(std::span<const double> a, std::span<const double> b, double margin) {
  require_margin(margin);
  require_latencies(a, "the first sample");
  require_latencies(b, "the second sample");
  Comparison c;
  c.margin = margin;
  const double time = std::max(autocorrelation_time(a), autocorrelation_time(b));
  if (time > 1) c.group = static_cast<size_t>(std::ceil(kTimesPerGroup * time));
  const std::vector<double> first = group_medians(a, c.group);
  const std::vector<double> second = group_medians(b, c.group);
  const Summary of_a = summarize(first), of_b = summarize(second);
  c.median_a = median(a);
  c.median_b = median(b);
  c.count = std::min(first.size(), second.size());
  c.shift = shift_between(first, second);
  c.mann_whitney = mann_whitney(first, second);
  const double error =
      std::hypot(of_a.standard_deviation / std::sqrt(static_cast<double>(of_a.count)),
                 of_b.standard_deviation / std::sqrt(static_cast<double>(of_b.count)));
  decide(c, {error, kFewestRuns, "runs"});
  return c;
}

Comparison compare_blocks(std::span<const AbbaBlock> blocks, double margin) {
  require_margin(margin);
  if (blocks.empty()) throw Error("no comparison: there are no blocks");
  Comparison c;
  c.margin = margin;
  c.count = blocks.size();
  std::vector<double> a, b, differences;
  for (const AbbaBlock& block : blocks) {
    for (const auto* segment : {&block.a1, &block.a2})
      require_latencies(*segment, "a segment of A");
    for (const auto* segment : {&block.b1, &block.b2})
      require_latencies(*segment, "a segment of B");
    a.push_back(middle_of_segments(block.a1, block.a2));
    b.push_back(middle_of_segments(block.b1, block.b2));
    differences.push_back(b.back() - a.back());
  }
  c.median_a = median(a);
  c.median_b = median(b);
  c.shift = shift_of(differences);
  c.mann_whitney = mann_whitney(a, b);
  c.signed_rank = signed_rank(differences);
  const double error = summarize(differences).standard_deviation /
                       std::sqrt(static_cast<double>(differences.size()));
  decide(c, {error, kFewestBlocks, "blocks"});
  return c;
}

}  // namespace anemon::profiler
