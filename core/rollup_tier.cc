#include "core/rollup_tier.h"

#include <algorithm>

namespace anemon {
namespace {

constexpr auto kRelaxed = std::memory_order_relaxed;

// Room for the bucket being written, which readers must not see, and one for rounding.
uint32_t rows_for(Duration retention, Duration width) {
  return static_cast<uint32_t>(std::max<int64_t>(retention / width, 1)) + 2;
}

}  // namespace

RollupTier::RollupTier(Duration width, Duration retention, uint32_t series)
    : width_(width),
      rows_(rows_for(retention, width)),
      columns_(series),
      min_(series),
      max_(series),
      sum_(series),
      last_(series),
      count_(series),
      cells_(size_t{rows_} * series),
      counts_(size_t{rows_} * series),
      awake_(rows_),
      continuous_(rows_),
      wall_(rows_) {}

size_t RollupTier::bytes() const noexcept {
  return min_.bytes() * 4 + count_.bytes() + cells_.bytes() + counts_.bytes() + awake_.bytes() * 3;
}

void RollupTier::open(Instant now) noexcept {
  if (open_) return;
  open_ = true;
  open_index_ = now.awake / width_;
  open_at_ = now;
}

void RollupTier::add(uint32_t slot, double value) noexcept {
  if (count_[slot]++ == 0) {
    min_[slot] = max_[slot] = sum_[slot] = value;
  } else {
    min_[slot] = std::min(min_[slot], value);
    max_[slot] = std::max(max_[slot], value);
    sum_[slot] += value;
  }
  last_[slot] = value;
}

void RollupTier::close(uint32_t series, RollupTier* next) noexcept {
  const uint64_t bucket = closed_.load(kRelaxed);
  const size_t row = bucket % rows_;
  // Readers check `closed_` after reading a row: what follows must not be seen before it is due.
  std::atomic_thread_fence(std::memory_order_release);
  awake_[row].store(open_at_.awake.count(), kRelaxed);
  continuous_[row].store(open_at_.continuous.count(), kRelaxed);
  wall_[row].store(open_at_.wall.count(), kRelaxed);
  if (next != nullptr) next->open(open_at_);
  for (uint32_t slot = 0; slot < series; ++slot) {
    const size_t at = row * columns_ + slot;
    const uint32_t count = count_[slot];
    counts_[at].store(count, kRelaxed);
    if (count == 0) continue;
    Cell& cell = cells_[at];
    cell.min.store(min_[slot], kRelaxed);
    cell.max.store(max_[slot], kRelaxed);
    cell.mean.store(sum_[slot] / count, kRelaxed);
    cell.last.store(last_[slot], kRelaxed);
    if (next != nullptr) {
      const bool first = next->count_[slot] == 0;
      next->min_[slot] = first ? min_[slot] : std::min(next->min_[slot], min_[slot]);
      next->max_[slot] = first ? max_[slot] : std::max(next->max_[slot], max_[slot]);
      next->sum_[slot] = (first ? 0 : next->sum_[slot]) + sum_[slot];
      next->last_[slot] = last_[slot];
      next->count_[slot] += count;
    }
    count_[slot] = 0;
  }
  open_ = false;
  closed_.store(bucket + 1, std::memory_order_release);
}

uint64_t RollupTier::oldest() const noexcept {
  const uint64_t end = closed();
  return end >= rows_ ? end - (rows_ - 1) : 0;
}

std::optional<Point> RollupTier::read(uint64_t bucket, uint32_t slot) const noexcept {
  const size_t row = bucket % rows_;
  const size_t at = row * columns_ + slot;
  const Cell& cell = cells_[at];
  const Point point{
      {Duration(awake_[row].load(kRelaxed)), Duration(continuous_[row].load(kRelaxed)),
       Duration(wall_[row].load(kRelaxed))},
      cell.min.load(kRelaxed),
      cell.max.load(kRelaxed),
      cell.mean.load(kRelaxed),
      cell.last.load(kRelaxed),
      counts_[at].load(kRelaxed)};
  std::atomic_thread_fence(std::memory_order_acquire);
  if (bucket < oldest() || point.count == 0) return std::nullopt;
  return point;
}

}  // namespace anemon
