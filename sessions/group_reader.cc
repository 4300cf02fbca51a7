#include "sessions/group_reader.h"

#include <algorithm>
#include <limits>

#include "sessions/recorded_metrics.h"

namespace anemon {

void GroupReader::update_entries() {
  auto directory = group_->directory();
  if (directory == directory_) return;
  directory_ = std::move(directory);
  auto kept = std::make_shared<std::vector<SeriesGroup::Entry>>();
  for (const SeriesGroup::Entry& entry : *directory_) {
    const Metric metric = entry.description->metric;
    // The start of a process is needed to tell whose CPU seconds are the session's.
    if (recorded(metric) != Recorded::never || metric == Metric::kTaskStartTime) {
      kept->push_back(entry);
    }
  }
  entries_ = std::move(kept);
  values_.resize(entries_->size());
}

bool GroupReader::read_pass(uint64_t pass) {
  for (size_t i = 0; i < values_.size(); ++i) {
    const SeriesGroup::Entry& entry = (*entries_)[i];
    values_[i] = entry.born_pass <= pass ? group_->value(pass, entry.slot)
                                         : std::numeric_limits<double>::quiet_NaN();
  }
  return group_->readable(pass);
}

void GroupReader::read(const std::function<void(const GroupPass&)>& take) {
  // The passes first: a directory older than a pass would miss series that the pass has.
  const uint64_t end = group_->passes();
  next_ = std::max(next_, group_->oldest_pass());
  if (next_ >= end) return;
  update_entries();
  for (; next_ < end; ++next_) {
    const Instant at = group_->time_of(next_);
    if (read_pass(next_)) take({*group_, at, entries_, values_});
  }
}

void GroupReader::read_newest(Instant now, const std::function<void(const GroupPass&)>& take) {
  const auto newest = group_->newest_pass(now);
  if (!newest || next_ == 0) return;
  const uint64_t pass = std::min(*newest, next_ - 1);
  update_entries();
  const Instant at = group_->time_of(pass);
  if (now.awake - at.awake > group_->stale_after()) return;
  if (read_pass(pass)) take({*group_, at, entries_, values_});
}

}  // namespace anemon
