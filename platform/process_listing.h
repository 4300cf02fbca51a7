// Lists processes with few readings: what Processes::list_active promises, for every system.
#pragma once

#include <algorithm>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "platform/processes.h"

namespace anemon {

// `Kept`: what a system keeps of a process from one reading to the next; default constructible,
// movable.
template <typename Kept>
class ProcessListing {
 public:
  // Replaces `due` by those of `pids` (sorted) that the next list() with the same arguments will
  // read.
  void due(std::span<const pid_t> pids, bool all, std::span<const pid_t> fresh,
           std::vector<pid_t>& due) const {
    due.clear();
    auto old = known_.begin();
    for (const pid_t pid : pids) {
      while (old != known_.end() && old->record.pid < pid) ++old;
      const bool seen = old != known_.end() && old->record.pid == pid;
      if (is_due(pid, seen ? old->unchanged : 0, calls_ + 1, all, fresh)) due.push_back(pid);
    }
  }

  // Replaces `records` by those of `pids` (sorted). `read(pid, kept)` gives a new record, none when
  // the process is to be left out; `all` reads every one, else those that are due or in `fresh`.
  // `keep(kept)` is called for each that stays in the list, before the next one is read.
  template <typename Read, typename Keep>
  void list(std::span<const pid_t> pids, bool all, std::span<const pid_t> fresh,
            std::vector<ProcessRecord>& records, Read read, Keep keep) {
    records.clear();
    next_.clear();
    ++calls_;
    auto old = known_.begin();
    for (const pid_t pid : pids) {
      while (old != known_.end() && old->record.pid < pid) ++old;
      Known known;
      const bool seen = old != known_.end() && old->record.pid == pid;
      if (seen) known = std::move(*old);
      if (is_due(pid, known.unchanged, calls_, all, fresh)) {
        const std::optional<ProcessRecord> record = read(pid, known.kept);
        if (!record) continue;
        known.unchanged = seen && *record == known.record
                              ? std::min(known.unchanged + 1, Processes::kSettledReadings)
                              : 0;
        known.record = *record;
      }
      keep(known.kept);
      records.push_back(known.record);
      next_.push_back(std::move(known));
    }
    known_.swap(next_);
    next_.clear();  // releases what was kept of processes that have ended
  }

 private:
  struct Known {
    Kept kept;
    ProcessRecord record;
    int unchanged = 0;  // readings
  };

  static bool is_due(pid_t pid, int unchanged, uint32_t call, bool all,
                     std::span<const pid_t> fresh) {
    // The pid spreads the idle ones over the calls.
    return all || unchanged < Processes::kSettledReadings ||
           (call + static_cast<uint32_t>(pid)) % Processes::kIdleInterval == 0 ||
           std::binary_search(fresh.begin(), fresh.end(), pid);
  }

  std::vector<Known> known_, next_;  // in order of pid
  uint32_t calls_ = 0;
};

}  // namespace anemon
