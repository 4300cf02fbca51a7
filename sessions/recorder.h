// The open sessions: feeds every new pass of the store to each, and makes what they kept durable.
// Belongs to the sessions thread.
#pragma once

#include <memory>
#include <vector>

#include "core/series_store.h"
#include "sessions/group_reader.h"
#include "sessions/recording.h"

namespace anemon {

class Recorder {
 public:
  explicit Recorder(const SeriesStore& store) : store_(store) {}

  const std::vector<std::unique_ptr<Recording>>& open() const noexcept { return open_; }
  Recording* find(int64_t key) const noexcept;
  std::vector<pid_t> pids() const;  // of all, ascending, each once

  // Takes over a session that begins now. Passes up to now must have been taken.
  void add(std::unique_ptr<Recording> recording);
  void remove(int64_t key);

  void take_passes(Instant now);
  bool has_news() const;
  // One transaction for all. Throws DatabaseError; everything is then kept for the next try.
  void persist(Database& database, Instant now);

  // Keeps sessions below `max_bytes`: folds old samples a little at a time, coarser each time, and
  // takes no more samples of a session that is full all the same.
  void keep_within(Database& database, uint64_t max_bytes);

 private:
  void fold_some(Database& database, Recording& recording, uint64_t max_bytes);

  const SeriesStore& store_;
  std::vector<GroupReader> readers_;
  std::vector<std::unique_ptr<Recording>> open_;
};

}  // namespace anemon
