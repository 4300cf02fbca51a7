// The series of one collector: a fixed ring of passes. Every pass shares one time stamp and writes
// one contiguous row of values, so that a push touches memory in order (a sample costs 8 bytes plus
// its share of the stamp). Rollup tiers are fed at commit.
//
// A series not set in the newest pass has no current value: absent, never its last one again.
//
// Thread safety: `set`, `commit` and `discard` belong to one thread, the collector's. Readers may
// call everything else at any time and never block that thread: values are relaxed atomics
// published by the pass count, and names are an immutable directory (published.h).
#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/published.h"
#include "core/rollup_tier.h"
#include "core/series.h"

namespace anemon {

struct StoreRetention {
  Duration raw = std::chrono::minutes(5);
  Duration tier_1s = std::chrono::minutes(5);  // only for periods below 1 s
  Duration tier_10s = std::chrono::hours(1);
  Duration tier_60s = std::chrono::hours(6);
  uint32_t max_raw_samples = 3000;  // per series; bounds fast collectors
};

class SeriesGroup {
 public:
  SeriesGroup(std::string name, Duration period, uint32_t max_series,
              const StoreRetention& retention);
  SeriesGroup(const SeriesGroup&) = delete;
  SeriesGroup& operator=(const SeriesGroup&) = delete;

  // A series as readers see it.
  struct Entry {
    uint32_t slot;
    uint64_t born_pass;                   // its first possible raw pass
    std::array<uint64_t, 3> born_bucket;  // its first possible bucket per tier
    std::shared_ptr<const SeriesDescription> description;
  };
  using Directory = std::vector<Entry>;  // sorted by metric, then by exposition name

  // ---- Writer ----------------------------------------------------------------------------------

  // Sets the value of the series in the pass being built. NaN and infinities are not values and are
  // left out. False when the series was refused because the group is full of live series; it is
  // counted once, however long that lasts.
  bool set(Series& series, double value);

  // Publishes the pass. Allocates only when series appeared since the last one.
  void commit(Instant now);

  // Drops what was set since the last commit: the pass failed.
  void discard() noexcept;

  // A new sampling period (configuration reload). The ring keeps its number of samples.
  void set_period(Duration period) noexcept { period_ns_.store(period.count()); }

  // ---- Readers ---------------------------------------------------------------------------------

  const std::string& name() const noexcept { return name_; }
  Duration period() const noexcept { return Duration(period_ns_.load()); }
  uint32_t capacity() const noexcept { return capacity_; }
  size_t bytes() const noexcept { return bytes_; }  // reserved at construction
  uint64_t samples() const noexcept { return samples_.load(std::memory_order_relaxed); }
  uint64_t refused() const noexcept { return refused_.load(std::memory_order_relaxed); }
  uint64_t evicted() const noexcept { return evicted_.load(std::memory_order_relaxed); }

  std::shared_ptr<const Directory> directory() const { return directory_.get(); }

  // Readings older than this are not current: max(3 periods, 5 s).
  Duration stale_after() const noexcept;

  // The newest pass, if it is current at `now`. Take the directory after it, not before: a slot may
  // have got a new series with the pass, which an older directory shows under the old one's name.
  std::optional<uint64_t> newest_pass(Instant now) const noexcept;

  uint64_t passes() const noexcept { return passes_.load(std::memory_order_acquire); }
  uint64_t oldest_pass() const noexcept;  // first pass that can still be read

  // Time and value of a pass in [oldest_pass, passes). Check `readable(pass)` after reading: only
  // then was the row not overwritten meanwhile. A NaN value means absent.
  Instant time_of(uint64_t pass) const noexcept;
  double value(uint64_t pass, uint32_t slot) const noexcept {
    return rows_[(pass % row_count_) * capacity_ + slot].load(std::memory_order_relaxed);
  }
  bool readable(uint64_t pass) const noexcept;

  // The series' points with wall time in [from, to], oldest first, from the finest tier that
  // reaches back to `from` and is not finer than `step` needs (zero: as fine as there is). The
  // newest points come from finer tiers where the coarse bucket is still open.
  std::vector<Point> history(const Entry& entry, Duration from_wall, Duration to_wall,
                             Duration step = Duration::zero()) const;

 private:
  struct Slot {
    std::shared_ptr<const SeriesDescription> description;  // null: never used
    uint32_t incarnation = 0;
    uint64_t born_pass = 0;
    uint64_t last_pass = 0;  // 1 + the last pass that set it; 0 for never
    std::array<uint64_t, 3> born_bucket{};
  };

  bool bind(Series& series);
  bool take_slot(uint32_t& slot);
  void rebuild_directory();
  void append_tier(const Entry& entry, size_t tier, Duration from_wall, Duration to_wall,
                   std::vector<Point>& points) const;
  void append_raw(const Entry& entry, Duration from_wall, Duration to_wall,
                  std::vector<Point>& points) const;

  // Constant after construction.
  const std::string name_;
  const uint32_t capacity_;
  const uint32_t row_count_;
  size_t bytes_ = 0;

  // Used only by the writer.
  std::vector<Slot> slots_;
  std::unordered_map<std::string, uint32_t> slot_by_name_;  // by exposition name
  uint32_t used_ = 0;                                       // slots ever used
  bool building_ = false;                                   // the row of the next pass is cleared
  bool directory_changed_ = false;
  std::shared_ptr<const Directory> unpublished_;
  std::vector<uint32_t> row_samples_;

  // Written by the writer, read by anyone; `passes_` publishes the rows.
  ZeroedArray<std::atomic<double>> rows_;
  ZeroedArray<std::atomic<int64_t>> awake_, continuous_, wall_;
  std::vector<std::unique_ptr<RollupTier>> tiers_;  // finest first
  Published<Directory> directory_;
  std::atomic<int64_t> period_ns_;
  std::atomic<uint64_t> passes_{0};
  // First pass whose directory could not be published yet; not the newest one until it is.
  static constexpr uint64_t kAllNamed = UINT64_MAX;
  std::atomic<uint64_t> unnamed_from_{kAllNamed};
  std::atomic<uint64_t> samples_{0};
  std::atomic<uint64_t> refused_{0};
  std::atomic<uint64_t> evicted_{0};
};

}  // namespace anemon
