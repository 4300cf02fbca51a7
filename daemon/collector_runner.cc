#include "daemon/collector_runner.h"

#include <exception>

namespace anemon {

CollectorRunner::CollectorRunner(const CollectorSpec& spec, Open open, SeriesGroup& group,
                                 SignalBoard& signals, Instruments& instruments, Clock& clock,
                                 Log& log)
    : spec_(spec),
      open_(std::move(open)),
      group_(group),
      signals_(signals),
      clock_(clock),
      log_(log),
      instruments_(instruments),
      failures_counter_(instruments.counter(Metric::kCollectorFailures, {std::string(spec.name)})),
      missed_counter_(instruments.counter(Metric::kCollectorMissedTicks, {std::string(spec.name)})),
      stuck_gauge_(instruments.gauge(Metric::kCollectorStuck, {std::string(spec.name)})),
      pass_(group, signals),
      tally_(instruments.counter(Metric::kCollectorRuns, {std::string(spec.name)}),
             instruments.histogram(Metric::kCollectorDuration, {std::string(spec.name)},
                                   PassTally::bounds())),
      sleep_(clock.now()) {}

Duration CollectorRunner::run(Instant began) noexcept {
  pass_began_.store(began.awake.count(), std::memory_order_relaxed);
  runs_.fetch_add(1, std::memory_order_relaxed);
  // After sleep, and after a time without passes that nothing is known about (a hang, a collector
  // that was disabled), counters are a new baseline. A single failed pass is bridged by the next
  // one.
  const Duration last(last_success_awake_.load(std::memory_order_relaxed));
  if (sleep_.observe(began) > Duration::zero() || began.awake - last > group_.stale_after()) {
    rebaseline_ = true;
  }
  try {
    if (!collector_) collector_ = open_();
    pass_.begin(began, rebaseline_);
    collector_->collect(pass_);
    for (const auto& [rule, count] : pass_.rejected()) {
      instruments_.counter(Metric::kReadingsRejected, {std::string(spec_.name), rule})
          .Increment(count);
    }
    if (pass_.good()) {
      group_.commit(began);
      succeed(began);
    } else {
      fail("it returned no reading");
    }
  } catch (const std::exception& error) {
    fail(error.what());
  } catch (...) {
    fail("it threw something that is not a std::exception");
  }
  const Duration ended = clock_.awake();
  tally_.add(ended - began.awake);
  if (tally_.due(ended)) {
    tally_.tell(ended);
    tell_last_success();
  }
  pass_began_.store(0, std::memory_order_relaxed);
  return ended;
}

void CollectorRunner::succeed(Instant began) noexcept {
  rebaseline_ = false;
  last_success_awake_.store(began.awake.count(), std::memory_order_relaxed);
  last_success_wall_.store(began.wall.count(), std::memory_order_relaxed);
  if (withheld_.exchange(false)) signals_.withhold(spec_.name, {}, began);
  if (!failing_) return;
  failing_ = false;
  last_error_.publish(std::make_shared<const std::string>());
  log_.info("collector recovered", {{"collector", std::string(spec_.name)}});
}

void CollectorRunner::tell_last_success() {
  const auto wall = last_success_wall();
  if (!wall) return;
  if (last_success_gauge_ == nullptr) {
    last_success_gauge_ =
        &instruments_.gauge(Metric::kCollectorLastSuccess, {std::string(spec_.name)});
  }
  last_success_gauge_->Set(to_seconds(*wall));
}

void CollectorRunner::fail(std::string_view reason) noexcept {
  group_.discard();
  failures_.fetch_add(1, std::memory_order_relaxed);
  failures_counter_.Increment();
  withhold("collector fails");
  if (failing_) return;
  failing_ = true;
  last_error_.publish(std::make_shared<const std::string>(reason));
  log_.warn("collector fails",
            {{"collector", std::string(spec_.name)}, {"reason", std::string(reason)}});
}

void CollectorRunner::count_missed(uint64_t ticks) noexcept {
  if (ticks == 0) return;
  missed_.fetch_add(ticks, std::memory_order_relaxed);
  missed_counter_.Increment(static_cast<double>(ticks));
}

void CollectorRunner::check_stuck(Instant now) noexcept {
  const int64_t began = pass_began_.load(std::memory_order_relaxed);
  const bool hangs = began != 0 && now.awake - Duration(began) > group_.stale_after();
  if (hangs == stuck()) return;
  stuck_.store(hangs, std::memory_order_relaxed);
  stuck_gauge_.Set(hangs ? 1 : 0);
  if (hangs) {
    withhold("collector hangs");
    log_.error("collector hangs in its device; its series are withdrawn until it returns",
               {{"collector", std::string(spec_.name)}});
  } else {
    log_.info("collector returned from its device", {{"collector", std::string(spec_.name)}});
  }
}

CollectorRunner::Counts CollectorRunner::counts() const noexcept {
  return {runs_.load(std::memory_order_relaxed), failures_.load(std::memory_order_relaxed),
          missed_.load(std::memory_order_relaxed)};
}

std::optional<Duration> CollectorRunner::last_success_wall() const noexcept {
  const int64_t wall = last_success_wall_.load(std::memory_order_relaxed);
  if (wall == 0) return std::nullopt;
  return Duration(wall);
}

std::string CollectorRunner::last_error() const { return *last_error_.get(); }

bool CollectorRunner::fresh(Instant now) const noexcept {
  const int64_t last = last_success_awake_.load(std::memory_order_relaxed);
  return last != 0 && now.awake - Duration(last) <= group_.stale_after();
}

}  // namespace anemon
