// Decides which processes are shown, and sums the rest. Pure accounting; platform/processes.h
// reads.
//
// A process is its pid and its start: a pid that is used again is another process. The rest's
// processor time is a counter of its own: each pass adds what those processes used that were in the
// rest before and still are. So a process that ends, is promoted or demoted never makes it fall or
// jump; what a process uses in the pass in which it appears or changes sides is in neither.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "collectors/task_selection.h"
#include "core/clock.h"
#include "platform/processes.h"

namespace anemon {

class TaskTable {
 public:
  // More are not shown, however many are asked for. The pids of sessions come first (sessions may
  // not name more, SessionOptions::max_pids), then those of the configuration, the greatest by
  // memory, then by processor, then asked-for names.
  static constexpr size_t kMaxShown = 128;

  // An outsider must beat a process that is shown by this factor to take its place, and processor
  // time is smoothed over this time, so that neighbours in rank do not take turns.
  static constexpr double kMemoryLead = 1.1;
  static constexpr double kCpuLead = 1.25;
  static constexpr Duration kCpuSmoothing = std::chrono::seconds(5);

  struct Rest {
    uint64_t processes = 0;
    uint64_t resident_bytes = 0;
    uint64_t threads = 0;
    Duration cpu{};  // a counter from zero at the first pass
  };

  void select(const TaskSelection& selection);

  // `records` in order of pid. `elapsed` since the last update, awake. With `rebaseline` no change
  // since the last update counts. No allocation in the steady state.
  void update(std::span<const ProcessRecord> records, Duration elapsed, bool rebaseline);

  // Positions in the records of the last update, in order.
  const std::vector<uint32_t>& shown() const noexcept { return shown_; }
  const Rest& rest() const noexcept { return rest_; }
  // Processor time of a record of the last update; never less than before for one process.
  Duration cpu(uint32_t position) const noexcept { return tasks_[position].cpu; }

 private:
  struct Task {
    pid_t pid;
    Duration started;
    Duration cpu;
    Duration used;  // since the last update
    double load;    // smoothed share of a core; below zero: not known yet
    bool known;     // in the last update too
    bool was_shown;
    bool shown;
  };

  void follow(std::span<const ProcessRecord> records, Duration elapsed, bool rebaseline);
  bool is_asked_for_by_name(const ProcessName& name) const;
  void show(uint32_t position);
  template <class Score>
  void show_top(uint32_t wanted, Score score);

  std::vector<pid_t> session_pids_, pids_;  // sorted
  std::vector<std::string> names_;          // sorted; long ones also as the kernel cuts them
  uint32_t top_by_memory_ = 0;
  uint32_t top_by_cpu_ = 0;

  std::vector<Task> tasks_, before_;  // of the last update and the one before, in order of pid
  std::vector<uint32_t> shown_;
  Rest rest_;
  struct Ranked {
    double score;
    uint32_t position;
  };
  std::vector<Ranked> ranking_;
};

}  // namespace anemon
