#include "core/series_group.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace anemon {
namespace {

constexpr auto kRelaxed = std::memory_order_relaxed;
constexpr double kAbsent = std::numeric_limits<double>::quiet_NaN();
constexpr uint64_t kPassesBeforeRetry = 60;  // of a refused series

// Two rows beyond the retention: the one being written and one a reader may be copying.
uint32_t rows_for(Duration period, const StoreRetention& retention) {
  const int64_t wanted = retention.raw / std::max(period, Duration(1)) + 2;
  return static_cast<uint32_t>(
      std::clamp<int64_t>(wanted, 4, std::max(4U, retention.max_raw_samples)));
}

}  // namespace

SeriesGroup::SeriesGroup(std::string name, Duration period, uint32_t max_series,
                         const StoreRetention& retention)
    : name_(std::move(name)),
      capacity_(max_series),
      row_count_(rows_for(period, retention)),
      slots_(max_series),
      row_samples_(row_count_),
      rows_(size_t{row_count_} * max_series),
      awake_(row_count_),
      continuous_(row_count_),
      wall_(row_count_),
      period_ns_(period.count()) {
  const auto add_tier = [&](Duration width, Duration keep) {
    tiers_.push_back(std::make_unique<RollupTier>(width, keep, max_series));
  };
  if (period < std::chrono::seconds(1)) add_tier(std::chrono::seconds(1), retention.tier_1s);
  add_tier(std::chrono::seconds(10), retention.tier_10s);
  add_tier(std::chrono::seconds(60), retention.tier_60s);
  slot_by_name_.reserve(max_series);
  bytes_ = rows_.bytes() + awake_.bytes() * 3 + row_samples_.size() * sizeof(uint32_t) +
           slots_.size() * sizeof(Slot);
  for (const auto& tier : tiers_) bytes_ += tier->bytes();
}

bool SeriesGroup::set(Series& series, double value) {
  if (!std::isfinite(value)) return true;
  const uint64_t pass = passes_.load(kRelaxed);
  std::atomic<double>* row = &rows_[(pass % row_count_) * capacity_];
  if (!building_) {
    // Readers check `passes_` after reading a row: the oldest row is no longer readable while it is
    // being rebuilt, so its clearing needs no more than this order.
    std::atomic_thread_fence(std::memory_order_release);
    for (uint32_t slot = 0; slot < used_; ++slot) row[slot].store(kAbsent, kRelaxed);
    building_ = true;
  }
  const bool bound =
      series.incarnation_ != 0 && slots_[series.slot_].incarnation == series.incarnation_;
  if (!bound && !bind(series)) return false;
  row[series.slot_].store(value, kRelaxed);
  return true;
}

bool SeriesGroup::bind(Series& series) {
  const uint64_t pass = passes_.load(kRelaxed);
  if (pass < series.retry_pass_) return false;
  std::string name = exposition_name(info(series.metric), series.label_values);
  const auto bound_to = [&](uint32_t slot) {
    series.slot_ = slot;
    series.incarnation_ = slots_[slot].incarnation;
    series.refused_ = false;
    return true;
  };
  const auto known = slot_by_name_.find(name);
  if (known != slot_by_name_.end()) return bound_to(known->second);
  uint32_t index = 0;
  if (!take_slot(index)) {
    if (!series.refused_) refused_.fetch_add(1, kRelaxed);
    series.refused_ = true;
    series.retry_pass_ = pass + kPassesBeforeRetry;
    return false;
  }
  Slot& slot = slots_[index];
  if (slot.description) slot_by_name_.erase(slot.description->exposition_name);
  slot_by_name_.emplace(name, index);
  slot.description = std::make_shared<SeriesDescription>(
      SeriesDescription{series.metric, series.label_values, series.provenance, std::move(name)});
  ++slot.incarnation;
  slot.born_pass = pass;
  slot.last_pass = pass + 1;
  for (size_t i = 0; i < tiers_.size(); ++i) {
    tiers_[i]->reset(index);
    slot.born_bucket[i] = tiers_[i]->closed();
  }
  directory_changed_ = true;
  return bound_to(index);
}

// A free slot, or that of the series that has been dead the longest. A series is dead when neither
// the newest pass nor the one being built has set it.
bool SeriesGroup::take_slot(uint32_t& index) {
  if (used_ < capacity_) {
    index = used_++;
    return true;
  }
  const uint64_t pass = passes_.load(kRelaxed);
  const std::atomic<double>* row = &rows_[(pass % row_count_) * capacity_];
  bool found = false;
  for (uint32_t i = 0; i < capacity_; ++i) {
    if (slots_[i].last_pass >= pass || !std::isnan(row[i].load(kRelaxed))) continue;
    if (found && slots_[i].last_pass >= slots_[index].last_pass) continue;
    index = i;
    found = true;
  }
  if (found) evicted_.fetch_add(1, kRelaxed);
  return found;
}

void SeriesGroup::commit(Instant now) {
  const uint64_t pass = passes_.load(kRelaxed);
  const uint64_t at = pass % row_count_;
  std::atomic<double>* row = &rows_[at * capacity_];
  if (!building_) {
    std::atomic_thread_fence(std::memory_order_release);
    for (uint32_t slot = 0; slot < used_; ++slot) row[slot].store(kAbsent, kRelaxed);
  }
  building_ = false;
  awake_[at].store(now.awake.count(), kRelaxed);
  continuous_[at].store(now.continuous.count(), kRelaxed);
  wall_[at].store(now.wall.count(), kRelaxed);

  for (size_t i = 0; i < tiers_.size(); ++i) {
    RollupTier* coarser = i + 1 < tiers_.size() ? tiers_[i + 1].get() : nullptr;
    if (tiers_[i]->due(now)) tiers_[i]->close(used_, coarser);
  }
  RollupTier& finest = *tiers_.front();
  finest.open(now);
  uint32_t samples = 0;
  for (uint32_t slot = 0; slot < used_; ++slot) {
    const double value = row[slot].load(kRelaxed);
    if (std::isnan(value)) continue;
    finest.add(slot, value);
    slots_[slot].last_pass = pass + 1;
    ++samples;
  }
  samples_.fetch_add(samples - uint64_t{row_samples_[at]}, kRelaxed);
  row_samples_[at] = samples;

  if (directory_changed_) rebuild_directory();
  if (unpublished_ && directory_.try_publish(unpublished_)) unpublished_ = nullptr;
  if (!unpublished_) {
    unnamed_from_.store(kAllNamed, std::memory_order_release);
  } else if (unnamed_from_.load(kRelaxed) == kAllNamed) {
    unnamed_from_.store(pass, kRelaxed);
  }
  passes_.store(pass + 1, std::memory_order_release);
}

void SeriesGroup::discard() noexcept { building_ = false; }

void SeriesGroup::rebuild_directory() {
  auto directory = std::make_shared<Directory>();
  directory->reserve(used_);
  for (uint32_t i = 0; i < used_; ++i) {
    const Slot& slot = slots_[i];
    directory->push_back({i, slot.born_pass, slot.born_bucket, slot.description});
  }
  std::sort(directory->begin(), directory->end(), [](const Entry& a, const Entry& b) {
    if (a.description->metric != b.description->metric) {
      return a.description->metric < b.description->metric;
    }
    return a.description->exposition_name < b.description->exposition_name;
  });
  unpublished_ = std::move(directory);
  directory_changed_ = false;
}

Duration SeriesGroup::stale_after() const noexcept {
  return std::max<Duration>(3 * period(), std::chrono::seconds(5));
}

std::optional<uint64_t> SeriesGroup::newest_pass(Instant now) const noexcept {
  const uint64_t committed = passes();  // first: it publishes what unnamed_from_ says of it
  const uint64_t end = std::min(committed, unnamed_from_.load(std::memory_order_acquire));
  if (end == 0) return std::nullopt;
  const Instant at = time_of(end - 1);  // a reading ages in sleep, too
  const Duration age = std::max(now.awake - at.awake, now.continuous - at.continuous);
  if (age > stale_after()) return std::nullopt;
  return end - 1;
}

uint64_t SeriesGroup::oldest_pass() const noexcept {
  const uint64_t end = passes();
  return end >= row_count_ ? end - (row_count_ - 1) : 0;
}

Instant SeriesGroup::time_of(uint64_t pass) const noexcept {
  const uint64_t at = pass % row_count_;
  return {Duration(awake_[at].load(kRelaxed)), Duration(continuous_[at].load(kRelaxed)),
          Duration(wall_[at].load(kRelaxed))};
}

bool SeriesGroup::readable(uint64_t pass) const noexcept {
  std::atomic_thread_fence(std::memory_order_acquire);
  return pass >= oldest_pass();
}

std::vector<Point> SeriesGroup::history(const Entry& entry, Duration from_wall, Duration to_wall,
                                        Duration step) const {
  std::vector<Point> points;
  const uint64_t oldest = std::max(oldest_pass(), entry.born_pass);
  const bool raw_reaches = oldest < passes() && time_of(oldest).wall <= from_wall;
  const bool raw_is_all = oldest == entry.born_pass;
  // The coarsest tier that is still fine enough for `step`, or, if the finer ones have forgotten
  // `from_wall`, the next coarser one.
  size_t tier = tiers_.size();
  if (step >= tiers_.front()->width() || !(raw_reaches || raw_is_all)) {
    for (tier = 0; tier + 1 < tiers_.size(); ++tier) {
      const RollupTier& candidate = *tiers_[tier];
      const bool too_fine = step >= tiers_[tier + 1]->width();
      const uint64_t first = std::max(candidate.oldest(), entry.born_bucket[tier]);
      const auto begins =
          first < candidate.closed() ? candidate.read(first, entry.slot) : std::nullopt;
      const bool reaches =
          first == entry.born_bucket[tier] || (begins && begins->at.wall <= from_wall);
      if (!too_fine && reaches) break;
    }
  }
  Duration from = from_wall;
  for (size_t i = tier < tiers_.size() ? tier + 1 : 0; i-- > 0;) {
    const size_t before = points.size();
    append_tier(entry, i, from, to_wall, points);
    if (points.size() == before) continue;
    const Instant& start = points.back().at;
    from = start.wall + (tiers_[i]->width() - start.awake % tiers_[i]->width());
  }
  append_raw(entry, from, to_wall, points);
  return points;
}

void SeriesGroup::append_tier(const Entry& entry, size_t tier, Duration from_wall, Duration to_wall,
                              std::vector<Point>& points) const {
  const RollupTier& source = *tiers_[tier];
  const uint64_t end = source.closed();
  for (uint64_t bucket = std::max(source.oldest(), entry.born_bucket[tier]); bucket < end;
       ++bucket) {
    const auto point = source.read(bucket, entry.slot);
    if (point && point->at.wall >= from_wall && point->at.wall <= to_wall) points.push_back(*point);
  }
}

void SeriesGroup::append_raw(const Entry& entry, Duration from_wall, Duration to_wall,
                             std::vector<Point>& points) const {
  const uint64_t end = passes();
  for (uint64_t pass = std::max(oldest_pass(), entry.born_pass); pass < end; ++pass) {
    const Instant at = time_of(pass);
    const double value = this->value(pass, entry.slot);
    if (!readable(pass) || std::isnan(value)) continue;
    if (at.wall < from_wall || at.wall > to_wall) continue;
    points.push_back({at, value, value, value, value, 1});
  }
}

}  // namespace anemon
