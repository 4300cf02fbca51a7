// The ring-buffer store: one SeriesGroup per collector, all memory reserved when the groups are
// added at start. Groups are never removed, so references to them stay valid.
//
// Thread safety: add groups before the first thread starts; everything else is for any thread.
#pragma once

#include <cmath>
#include <memory>
#include <optional>
#include <vector>

#include "core/series_group.h"

namespace anemon {

class SeriesStore {
 public:
  explicit SeriesStore(StoreRetention retention = {}) : retention_(retention) {}

  SeriesGroup& add_group(const std::string& name, Duration period, uint32_t max_series) {
    groups_.push_back(std::make_unique<SeriesGroup>(name, period, max_series, retention_));
    return *groups_.back();
  }

  const std::vector<std::unique_ptr<SeriesGroup>>& groups() const noexcept { return groups_; }
  SeriesGroup* find_group(std::string_view name) const noexcept;

  size_t bytes() const noexcept;
  uint64_t capacity() const noexcept;
  uint64_t series() const;
  uint64_t samples() const noexcept;

 private:
  StoreRetention retention_;
  std::vector<std::unique_ptr<SeriesGroup>> groups_;
};

// The newest value of every series that has a current one, group by group, in directory order.
// `visit(group, entry, time, value)`.
template <class Visit>
void for_each_current(const SeriesStore& store, Instant now, Visit&& visit) {
  std::vector<double> values;
  for (const auto& group : store.groups()) {
    std::shared_ptr<const SeriesGroup::Directory> directory;
    std::optional<uint64_t> pass;
    do {
      pass = group->newest_pass(now);
      directory = group->directory();
      values.resize(directory->size());
      for (size_t i = 0; pass && i < values.size(); ++i) {
        values[i] = group->value(*pass, (*directory)[i].slot);
      }
    } while (pass && !group->readable(*pass));
    for (size_t i = 0; pass && i < values.size(); ++i) {
      const auto& entry = (*directory)[i];
      if (std::isnan(values[i]) || entry.born_pass > *pass) continue;
      visit(*group, entry, group->time_of(*pass), values[i]);
    }
  }
}

}  // namespace anemon
