// Reads the passes of one SeriesGroup that were committed since the last time, for every open
// session at once. Belongs to the sessions thread.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "core/series_group.h"

namespace anemon {

// One pass, valid during the call it is given to. `values[i]` belongs to `(*entries)[i]`; NaN is
// absent. A new `entries` pointer means that series appeared or vanished.
struct GroupPass {
  const SeriesGroup& group;
  Instant at;
  const std::shared_ptr<const std::vector<SeriesGroup::Entry>>& entries;
  const std::vector<double>& values;
};

class GroupReader {
 public:
  // Begins with the passes that come after now.
  explicit GroupReader(const SeriesGroup& group) : group_(&group), next_(group.passes()) {}

  // Calls `take` for every new pass that can still be read, oldest first.
  void read(const std::function<void(const GroupPass&)>& take);

  // The newest pass that `read` has gone by, if it is current at `now`: where counters start from.
  void read_newest(Instant now, const std::function<void(const GroupPass&)>& take);

  void skip_to_now() { next_ = group_->passes(); }
  const SeriesGroup& group() const { return *group_; }

 private:
  void update_entries();
  bool read_pass(uint64_t pass);

  const SeriesGroup* group_;
  uint64_t next_;
  std::shared_ptr<const SeriesGroup::Directory> directory_;
  std::shared_ptr<const std::vector<SeriesGroup::Entry>> entries_;  // those that sessions may keep
  std::vector<double> values_;
};

}  // namespace anemon
