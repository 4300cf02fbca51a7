#include "sessions/recording.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "sessions/recorded_metrics.h"

namespace anemon {
namespace {

std::string_view pid_label(const SeriesDescription& description) {
  return description.label("pid");
}

// The pid that a label tells, or 0.
pid_t pid_of(std::string_view text) {
  pid_t pid = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), pid);
  return error == std::errc{} && end == text.data() + text.size() ? pid : 0;
}

// The start of one process may be told with this difference: the kernel tells the time of boot in
// whole seconds, and again whenever the collector is opened.
constexpr double kSameStartSeconds = 2;

}  // namespace

Recording::Recording(SessionRow row, Instant start)
    : row_(std::move(row)), start_(start), sleep_(start) {}

SessionTime Recording::time_of(Instant at) const noexcept {
  return std::chrono::duration_cast<SessionTime>(at.continuous - start_.continuous);
}

Recording::GroupState& Recording::state_of(const GroupPass& pass) {
  const auto [found, added] = groups_.try_emplace(pass.group.name());
  GroupState& state = found->second;
  if (added) state.newest = start_;
  state.patience = pass.group.stale_after();
  if (state.entries != pass.entries) map_columns(pass, state);
  return state;
}

void Recording::map_columns(const GroupPass& pass, GroupState& state) {
  state.entries = pass.entries;
  const auto& entries = *pass.entries;
  state.columns.assign(entries.size(), -1);
  state.start_times.assign(entries.size(), -1);
  state.pids.assign(entries.size(), 0);
  for (size_t i = 0; i < entries.size(); ++i) {
    const SeriesDescription& description = *entries[i].description;
    state.columns[i] = column_of(pass, description);
    if (state.columns[i] < 0) continue;
    state.kept_any = true;
    if (recorded(description.metric) != Recorded::of_its_pids) continue;
    state.pids[i] = pid_of(pid_label(description));
    for (size_t j = 0; j < entries.size(); ++j) {
      const SeriesDescription& other = *entries[j].description;
      if (other.metric == Metric::kTaskStartTime &&
          other.label_values == description.label_values) {
        state.start_times[i] = static_cast<int>(j);
      }
    }
  }
}

int Recording::column_of(const GroupPass& pass, const SeriesDescription& description) {
  const Recorded rule = recorded(description.metric);
  if (rule == Recorded::never) return -1;
  if (rule == Recorded::of_its_pids &&
      std::find(row_.pids.begin(), row_.pids.end(), pid_of(pid_label(description))) ==
          row_.pids.end()) {
    return -1;
  }
  const auto known = column_by_name_.find(description.exposition_name);
  if (known != column_by_name_.end()) return known->second;
  if (columns_.size() >= kMaxSeries) {
    row_.complete = false;
    row_.reason = "more series than a session keeps";
    return -1;
  }
  Column column;
  column.series.number = static_cast<uint32_t>(columns_.size());
  column.series.metric = info(description.metric).name;
  const auto names = info(description.metric).labels();
  for (size_t i = 0; i < names.size(); ++i) {
    if (description.label_values[i].empty()) continue;
    column.series.labels.emplace(names[i], description.label_values[i]);
  }
  column.series.provenance = to_string(description.provenance);
  column.series.collector = pass.group.name();
  column.counter = info(description.metric).type == MetricType::counter;
  columns_.push_back(std::move(column));
  ++new_series_;
  const int index = static_cast<int>(columns_.size()) - 1;
  column_by_name_.emplace(description.exposition_name, index);
  return index;
}

void Recording::baseline(const GroupPass& pass) {
  if (pass.at.awake > start_.awake) return take(pass);  // committed since
  const GroupState& state = state_of(pass);
  for (size_t i = 0; i < pass.values.size(); ++i) {
    if (state.columns[i] < 0 || std::isnan(pass.values[i])) continue;
    if (!is_own_process(pass, state, i)) continue;
    Column& column = columns_[static_cast<size_t>(state.columns[i])];
    if (!column.counter) continue;
    column.seen = true;
    column.first = start_;
    column.value = pass.values[i];
    column.at = pass.at;
    keep(column, SessionTime::zero(), 0);
  }
}

void Recording::take(const GroupPass& pass) {
  GroupState& state = state_of(pass);
  if (pass.at.continuous < start_.continuous) return;
  if (state.kept_any) note_gap(pass.group.name(), state, pass.at);
  state.newest = pass.at;
  for (size_t i = 0; i < pass.values.size(); ++i) {
    if (state.columns[i] < 0 || std::isnan(pass.values[i])) continue;
    if (!is_own_process(pass, state, i)) continue;
    Column& column = columns_[static_cast<size_t>(state.columns[i])];
    if (!column.seen) column.first = pass.at;
    if (column.counter) {
      // The kernel tells the start of a process with the precision of a second.
      const int start_time = state.start_times[i];
      const bool since_start = start_time >= 0 && pass.values[static_cast<size_t>(start_time)] >=
                                                      to_seconds(start_.wall) - 1.0;
      take_counter(column, pass.values[i], pass.at, since_start);
    }
    column.value = pass.values[i];
    column.at = pass.at;
    column.seen = true;
    keep(column, time_of(pass.at), column.counter ? column.increase : column.value);
  }
}

// A pid that is used again is another process, whose readings are not the session's: its own is the
// one that had the pid first, and had it when the session began. Where no start is told (the time
// of boot is unknown) they cannot be told apart.
bool Recording::is_own_process(const GroupPass& pass, const GroupState& state, size_t entry) {
  const pid_t pid = state.pids[entry];
  if (pid == 0 || state.start_times[entry] < 0) return true;
  const double start = pass.values[static_cast<size_t>(state.start_times[entry])];
  if (std::isnan(start)) return false;
  const auto known = process_starts_.find(pid);
  if (known != process_starts_.end()) return std::abs(start - known->second) < kSameStartSeconds;
  if (start > to_seconds(start_.wall) + kSameStartSeconds) return false;
  process_starts_.emplace(pid, start);
  return true;
}

// `since_start`: what is counted began with the session, so that its first value is all increase.
void Recording::take_counter(Column& column, double value, Instant at, bool since_start) {
  if (!column.seen) {
    if (since_start) column.increase = value;
    return;
  }
  // A counter that fell was reset, and began again from zero.
  double increase = value >= column.value ? value - column.value : value;
  if (column.at.awake < start_.awake && at.awake > column.at.awake) {
    // The first increase began before the session did: its share of it.
    increase *= to_seconds(at.awake - start_.awake) / to_seconds(at.awake - column.at.awake);
  }
  column.increase += increase;
}

void Recording::keep(const Column& column, SessionTime at, double value) {
  if (full_) {
    row_.complete = false;
    row_.reason = "size limit of the session reached";
    return;
  }
  if (samples_.size() >= kMaxPending) {
    samples_.erase(samples_.begin(), samples_.begin() + kMaxPending / 2);
    row_.complete = false;
    row_.reason = "samples were lost while the disk refused to take them";
  }
  samples_.push_back({column.series.number, at, value});
}

void Recording::note_gap(const std::string& collector, const GroupState& state, Instant until) {
  if (until.awake - state.newest.awake <= state.patience) return;
  gaps_.push_back({collector, time_of(state.newest), time_of(until)});
}

void Recording::observe(Instant now) {
  const Duration slept = sleep_.observe(now);
  if (slept == Duration::zero()) return;
  sleeps_.push_back({time_of(now), std::chrono::duration_cast<SessionTime>(slept)});
}

void Recording::finish(Instant now) {
  for (auto& [collector, state] : groups_) {
    if (!state.kept_any) continue;
    note_gap(collector, state, now);
    state.newest = now;  // once only, should the end not succeed
  }
}

bool Recording::has_news() const noexcept {
  return !samples_.empty() || new_series_ > 0 || !gaps_.empty() || !sleeps_.empty();
}

void Recording::write(Database& database, Instant now) {
  SampleTable table(database);
  written_row_ = row_;
  written_tail_samples_ = tail_samples_;
  int64_t bytes = 0;
  for (size_t i = columns_.size() - new_series_; i < columns_.size(); ++i) {
    table.add_series(row_.key, columns_[i].series);
    bytes += SampleTable::kRowBytes * 4;
  }
  if (!samples_.empty()) {
    bytes += static_cast<int64_t>(table.append_tail(row_.key, sequence_, samples_));
    written_tail_samples_ += samples_.size();
    written_row_.samples += samples_.size();
  }
  for (const SessionGap& gap : gaps_) table.add_gap(row_.key, gap);
  for (const SessionSleep& sleep : sleeps_) table.add_sleep(row_.key, sleep);
  if (written_tail_samples_ >= kTailSamples) {
    bytes += table.close_tail(row_.key);
    written_tail_samples_ = 0;
  }
  written_row_.bytes =
      static_cast<uint64_t>(std::max<int64_t>(0, static_cast<int64_t>(written_row_.bytes) + bytes));
  written_row_.length = time_of(now);
  SessionTable(database).update(written_row_);
}

void Recording::written() {
  row_ = written_row_;
  tail_samples_ = written_tail_samples_;
  ++sequence_;
  new_series_ = 0;
  samples_.clear();
  gaps_.clear();
  sleeps_.clear();
}

void Recording::reinsert(Database& database) {
  row_.complete = false;
  row_.reason = "earlier samples went with a corrupt database";
  row_.bytes = 0;
  row_.samples = 0;
  SessionTable(database).insert(row_);
  new_series_ = columns_.size();
  sequence_ = 0;
  tail_samples_ = 0;
}

std::map<std::string, Recording::Energy> Recording::energy() const {
  std::map<std::string, const Column*> chosen;
  const auto rank = [](const Column& column) {
    return column.series.provenance == "measured"  ? 0
           : column.series.provenance == "derived" ? 1
                                                   : 2;
  };
  for (const Column& column : columns_) {
    if (column.series.metric != info(Metric::kEnergyJoules).name) continue;
    if (!column.seen || column.at.awake <= start_.awake)
      continue;  // no reading since the start yet
    const Column*& best = chosen[std::string(column.series.label("component"))];
    if (best == nullptr || rank(column) < rank(*best)) best = &column;
  }
  std::map<std::string, Energy> energy;
  for (const auto& [component, column] : chosen) {
    energy.emplace(component, Energy{column->increase, column->at.awake - column->first.awake});
  }
  return energy;
}

}  // namespace anemon
