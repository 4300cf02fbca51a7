// One rollup tier of a SeriesGroup: buckets of a fixed width on the awake clock, each keeping
// min, max, mean, last and count of every series. Row-major: closing a bucket writes one row.
//
// Thread safety: add, merge and close belong to the group's writer. Readers may call `read` at any
// time; a bucket is readable from its close until `rows - 1` later ones have been closed.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>

#include "core/series.h"
#include "core/zeroed_array.h"

namespace anemon {

class RollupTier {
 public:
  RollupTier(Duration width, Duration retention, uint32_t series);

  Duration width() const noexcept { return width_; }
  size_t bytes() const noexcept;

  // True when `now` lies beyond the open bucket, which must then be closed before adding.
  bool due(Instant now) const noexcept { return open_ && now.awake / width_ != open_index_; }
  void open(Instant now) noexcept;  // does nothing when a bucket is open
  void add(uint32_t slot, double value) noexcept;

  // Ends the open bucket and folds it into `next` (coarser, may be null).
  void close(uint32_t series, RollupTier* next) noexcept;

  // A new series takes over `slot`: forgets what the old one had added to the open bucket.
  void reset(uint32_t slot) noexcept { count_[slot] = 0; }

  uint64_t closed() const noexcept { return closed_.load(std::memory_order_acquire); }
  uint64_t oldest() const noexcept;  // first bucket that can still be read

  // The bucket's values for a slot; nothing when it has none or was overwritten meanwhile.
  std::optional<Point> read(uint64_t bucket, uint32_t slot) const noexcept;

 private:
  struct Cell {
    std::atomic<double> min, max, mean, last;
  };

  // Constant after construction.
  Duration width_;
  uint32_t rows_;
  uint32_t columns_;

  // Used only by the writer.
  bool open_ = false;
  int64_t open_index_ = 0;
  Instant open_at_;
  ZeroedArray<double> min_, max_, sum_, last_;
  ZeroedArray<uint32_t> count_;

  // Written by the writer, read by anyone; `closed_` publishes the rows.
  ZeroedArray<Cell> cells_;
  ZeroedArray<std::atomic<uint32_t>> counts_;
  ZeroedArray<std::atomic<int64_t>> awake_, continuous_, wall_;
  std::atomic<uint64_t> closed_{0};
};

}  // namespace anemon
