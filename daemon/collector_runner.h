// Runs one collector pass by pass: opens it, times it, commits or discards its pass, counts
// failures and logs when its state changes, never at every tick.
//
// Threads: `run` is called by one sampling thread at a time (a reload may move the collector to
// another thread after the first one was joined). Everything else is for any thread.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "collectors/collector.h"
#include "core/collector_spec.h"
#include "core/instruments.h"
#include "core/log.h"
#include "core/published.h"
#include "daemon/pass_tally.h"

namespace anemon {

class CollectorRunner {
 public:
  using Open = std::function<std::unique_ptr<Collector>()>;

  CollectorRunner(const CollectorSpec& spec, Open open, SeriesGroup& group, SignalBoard& signals,
                  Instruments& instruments, Clock& clock, Log& log);

  // ---- The sampling thread ---------------------------------------------------------------------

  // One pass, which begins `began`. Returns when it ended, awake. Never throws.
  Duration run(Instant began) noexcept;
  void count_missed(uint64_t ticks) noexcept;

  // Closes the collector's devices; the next pass opens them again. Only while no thread runs it.
  void close() noexcept { collector_.reset(); }

  // ---- Any thread ------------------------------------------------------------------------------

  const CollectorSpec& spec() const noexcept { return spec_; }
  SeriesGroup& group() noexcept { return group_; }
  const SeriesGroup& group() const noexcept { return group_; }

  // Marks the collector as stuck when its pass has run longer than its readings stay fresh, and as
  // recovered when it came back; logs both. For the watchdog alone.
  void check_stuck(Instant now) noexcept;
  bool stuck() const noexcept { return stuck_.load(std::memory_order_relaxed); }
  bool running() const noexcept { return pass_began_.load(std::memory_order_relaxed) != 0; }

  struct Counts {
    uint64_t runs, failures, missed_ticks;
  };
  Counts counts() const noexcept;
  std::optional<Duration> last_success_wall() const noexcept;
  std::string last_error() const;  // empty while all is well
  // A good pass within the freshness limit, counted from start for one that never ran.
  bool fresh(Instant now) const noexcept;

  // Shows the collector's signals as stale until its next good pass.
  void withhold(std::string_view reason) noexcept {
    withheld_.store(true);
    signals_.withhold(spec_.name, reason, clock_.now());
  }

 private:
  void fail(std::string_view reason) noexcept;
  void succeed(Instant began) noexcept;
  void tell_last_success();

  // Constant after construction.
  const CollectorSpec& spec_;
  const Open open_;
  SeriesGroup& group_;
  SignalBoard& signals_;
  Clock& clock_;
  Log& log_;
  Instruments& instruments_;
  prometheus::Counter& failures_counter_;
  prometheus::Counter& missed_counter_;
  prometheus::Gauge& stuck_gauge_;

  // Used only by the sampling thread.
  std::unique_ptr<Collector> collector_;
  Pass pass_;
  PassTally tally_;
  SleepDetector sleep_;
  bool rebaseline_ = true;  // the next pass
  bool failing_ = false;
  prometheus::Gauge* last_success_gauge_ = nullptr;  // made by the first success: absent before

  // Any thread.
  std::atomic<int64_t> pass_began_{0};  // awake ns; 0 between passes
  std::atomic<bool> stuck_{false};
  std::atomic<bool> withheld_{false};  // so that a good pass need not ask the board, which locks
  std::atomic<uint64_t> runs_{0}, failures_{0}, missed_{0};
  std::atomic<int64_t> last_success_awake_{0}, last_success_wall_{0};
  Published<std::string> last_error_;
};

}  // namespace anemon
