// The current value of every series of a store, for readers that come again and again: names are
// looked at only when a directory changed, and reading values allocates nothing.
//
// Thread safety: one thread. Sampled series are read without a lock.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "core/series_store.h"

namespace anemon {

class CurrentSeries {
 public:
  // The store must outlive it.
  explicit CurrentSeries(const SeriesStore& store) : store_(store) {}

  // The series of one group, in its directory's order, from value number `first` on.
  struct Group {
    const SeriesGroup* group = nullptr;
    std::shared_ptr<const SeriesGroup::Directory> directory;
    size_t first = 0;
  };

  // Reads all values at `now`. True when `groups` changed, and with it what the values belong to.
  bool update(Instant now);

  const std::vector<Group>& groups() const { return groups_; }
  // NaN: the series has no current value.
  const std::vector<double>& values() const { return values_; }
  // The awake time until which the values are current; Duration::max() without any.
  Duration holds_until() const { return holds_until_; }

 private:
  struct Cell {
    uint64_t born_pass;
    uint32_t slot;
  };

  const SeriesStore& store_;
  std::vector<Group> groups_;
  std::vector<std::vector<Cell>> cells_;  // by group; the directory's entries, densely
  std::vector<double> values_;
  Duration holds_until_ = Duration::max();
};

}  // namespace anemon
