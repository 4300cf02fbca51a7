#include "profiler/statistics/warm_up.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/error.h"

namespace anemon::profiler {
namespace {

constexpr size_t kMostKept = 8192;

bool is_time(double seconds) { return std::isfinite(seconds) && seconds >= 0; }

}  // namespace

WarmUp::WarmUp(WarmUpRule rule)
    : rule_(rule), next_judgement_(std::max<size_t>(1, rule.iterations)) {
  if (is_time(rule.seconds) && is_time(rule.limit_seconds) && rule.seconds <= rule.limit_seconds) {
    return;
  }
  throw Error(
      fmt::format("no warm-up of at least {} s and at most {} s", rule.seconds, rule.limit_seconds),
      "the limit must not be below the least time");
}

bool WarmUp::add(double latency, double elapsed) {
  if (!is_time(latency) || !is_time(elapsed) || elapsed < elapsed_) {
    throw Error(fmt::format("warm-up: iteration {} took {} s and ended {} s after the start",
                            iterations_ + 1, latency, elapsed),
                "times are not negative and do not go back");
  }
  if (done_) return true;
  ++iterations_;
  elapsed_ = elapsed;
  keep(latency);
  const bool at_limit = elapsed >= rule_.limit_seconds;
  const bool due = iterations_ >= next_judgement_ && elapsed >= rule_.seconds;
  if (due || at_limit) judge();
  if (at_limit && !steady()) {
    verdict_.reason = fmt::format("not steady within the limit of {} s: {}", rule_.limit_seconds,
                                  verdict_.reason);
  }
  done_ = at_limit || (due && steady());
  return done_;
}

void WarmUp::judge() {
  verdict_ = reached_steady_state(series_);
  next_judgement_ = iterations_ + std::max<size_t>(1, iterations_ / 10);
  if (group_ == 1) return;
  verdict_.warm_up *= group_;
  verdict_.reason += fmt::format(" (in groups of {})", group_);
}

void WarmUp::keep(double latency) {
  pending_ += latency;
  if (++pending_count_ < group_) return;
  series_.push_back(pending_ / static_cast<double>(group_));
  pending_ = 0;
  pending_count_ = 0;
  if (series_.size() < kMostKept) return;
  for (size_t i = 0; i < series_.size() / 2; ++i) {
    series_[i] = (series_[2 * i] + series_[2 * i + 1]) / 2;
  }
  series_.resize(series_.size() / 2);
  group_ *= 2;
}

}  // namespace anemon::profiler
