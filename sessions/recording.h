// An open session: turns passes into its samples and keeps them until they are durable. Counters
// are kept as their increase since the session began, so that resets are folded in while the values
// before and after are still at hand. Belongs to the sessions thread.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "sessions/group_reader.h"
#include "sessions/sample_table.h"
#include "sessions/session_row.h"

namespace anemon {

class Recording {
 public:
  Recording(SessionRow row, Instant start);

  SessionRow& row() noexcept { return row_; }
  const SessionRow& row() const noexcept { return row_; }
  Instant start() const noexcept { return start_; }
  SessionTime time_of(Instant at) const noexcept;

  // A pass from before the start: where counters are counted from.
  void baseline(const GroupPass& pass);
  void take(const GroupPass& pass);
  // Notices sleep. Call at every wake-up, before `write`.
  void observe(Instant now);
  // Notes the gaps that lead up to the end.
  void finish(Instant now);

  // Writes what is not yet durable, inside the caller's transaction, and the row as of `now`.
  // `written` once that was committed: only then is it let go of.
  bool has_news() const noexcept;
  void write(Database& database, Instant now);
  void written();
  const SessionRow& written_row() const noexcept { return written_row_; }  // as `write` left it

  // Begins again in a new, empty database.
  void reinsert(Database& database);

  // Width to which old samples are being folded; zero: none.
  SessionTime folding() const noexcept { return folding_; }
  void set_folding(SessionTime width) noexcept { folding_ = width; }
  // A full session takes no more samples.
  void set_full(bool full) noexcept { full_ = full; }

  // By component so far; of several sources, the most trustworthy one's.
  struct Energy {
    double joules = 0;
    Duration covered{};  // awake time between the first reading and the newest; may be zero
  };
  std::map<std::string, Energy> energy() const;

  static constexpr size_t kMaxSeries = 2048;
  static constexpr size_t kMaxPending = 100'000;  // samples that wait for a disk
  static constexpr size_t kTailSamples = 8192;    // before they become chunks

 private:
  struct Column {
    SessionSeries series;
    bool counter = false;
    bool seen = false;
    double value = 0;     // of the newest pass
    Instant at;           // of the newest pass
    Instant first;        // of the first one, not before the session's start
    double increase = 0;  // counters: since the session began
  };
  struct GroupState {
    std::shared_ptr<const std::vector<SeriesGroup::Entry>> entries;
    std::vector<int> columns;      // per entry, -1: not kept
    std::vector<int> start_times;  // per entry: the entry with its process's start, or -1
    std::vector<pid_t> pids;       // per entry: the process's, or 0
    Instant newest;
    bool kept_any = false;
    Duration patience{};  // a longer silence is a gap
  };

  GroupState& state_of(const GroupPass& pass);
  void map_columns(const GroupPass& pass, GroupState& state);
  int column_of(const GroupPass& pass, const SeriesDescription& description);
  bool is_own_process(const GroupPass& pass, const GroupState& state, size_t entry);
  void take_counter(Column& column, double value, Instant at, bool since_start);
  void keep(const Column& column, SessionTime at, double value);
  void note_gap(const std::string& collector, const GroupState& state, Instant until);

  SessionRow row_;
  const Instant start_;
  SleepDetector sleep_;
  std::vector<Column> columns_;  // by series number
  std::unordered_map<std::string, int> column_by_name_;
  std::map<std::string, GroupState> groups_;
  std::unordered_map<pid_t, double> process_starts_;  // Unix time, of each pid's first process

  SessionTime folding_{};
  bool full_ = false;

  // Not yet durable.
  size_t new_series_ = 0;  // the last so many of columns_
  std::vector<TailSample> samples_;
  std::vector<SessionGap> gaps_;
  std::vector<SessionSleep> sleeps_;

  int64_t sequence_ = 0;     // of the next tail row
  size_t tail_samples_ = 0;  // durable, not yet in chunks
  // What the transaction in progress will have changed.
  SessionRow written_row_;
  size_t written_tail_samples_ = 0;
};

}  // namespace anemon
