#include "exporters/current_series.h"

#include <algorithm>
#include <limits>
#include <optional>

namespace anemon {

// A group's pass is chosen before its directory is taken: a newer directory knows every series of
// the pass, and tells by `born_pass` those that took over a slot after it.
bool CurrentSeries::update(Instant now) {
  const auto& groups = store_.groups();
  bool changed = groups_.size() != groups.size();
  groups_.resize(groups.size());
  cells_.resize(groups.size());
  holds_until_ = Duration::max();
  size_t first = 0;
  for (size_t g = 0; g < groups.size(); ++g) {
    const SeriesGroup& group = *groups[g];
    Group& view = groups_[g];
    auto& cells = cells_[g];
    view.group = &group;
    view.first = first;
    std::optional<uint64_t> pass;
    do {
      pass = group.newest_pass(now);
      auto directory = group.directory();
      if (directory != view.directory) {
        view.directory = std::move(directory);
        cells.clear();
        for (const auto& entry : *view.directory) cells.push_back({entry.born_pass, entry.slot});
        changed = true;
      }
      values_.resize(std::max(values_.size(), first + cells.size()));
      for (size_t i = 0; i < cells.size(); ++i) {
        const bool known = pass && cells[i].born_pass <= *pass;
        values_[first + i] =
            known ? group.value(*pass, cells[i].slot) : std::numeric_limits<double>::quiet_NaN();
      }
    } while (pass && !group.readable(*pass));
    if (pass)
      holds_until_ = std::min(holds_until_, group.time_of(*pass).awake + group.stale_after());
    first += cells.size();
  }
  values_.resize(first);
  return changed;
}

}  // namespace anemon
