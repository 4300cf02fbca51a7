#include "collectors/task_table.h"

#include <algorithm>
#include <cmath>

namespace anemon {

void TaskTable::select(const TaskSelection& selection) {
  session_pids_ = selection.session_pids;
  std::sort(session_pids_.begin(), session_pids_.end());
  pids_ = selection.pids;
  std::sort(pids_.begin(), pids_.end());
  names_.clear();
  for (const std::string& name : selection.names) {
    names_.push_back(name);
    if (name.size() > ProcessName::kKernelBytes) {
      names_.push_back(name.substr(0, ProcessName::kKernelBytes));
    }
  }
  std::sort(names_.begin(), names_.end());
  top_by_memory_ = selection.top_by_memory;
  top_by_cpu_ = selection.top_by_cpu;
}

void TaskTable::update(std::span<const ProcessRecord> records, Duration elapsed, bool rebaseline) {
  follow(records, elapsed, rebaseline);

  shown_.clear();
  for (const auto* pids : {&session_pids_, &pids_}) {
    for (uint32_t i = 0; i < tasks_.size(); ++i) {
      if (std::binary_search(pids->begin(), pids->end(), tasks_[i].pid)) show(i);
    }
  }
  show_top(top_by_memory_, [&](uint32_t i) {
    return static_cast<double>(records[i].resident_bytes) *
           (tasks_[i].was_shown ? kMemoryLead : 1.0);
  });
  show_top(top_by_cpu_,
           [&](uint32_t i) { return tasks_[i].load * (tasks_[i].was_shown ? kCpuLead : 1.0); });
  for (uint32_t i = 0; i < tasks_.size() && !names_.empty(); ++i) {
    if (is_asked_for_by_name(records[i].name)) show(i);
  }
  std::sort(shown_.begin(), shown_.end());

  rest_ = {0, 0, 0, rest_.cpu};
  for (uint32_t i = 0; i < tasks_.size(); ++i) {
    const Task& task = tasks_[i];
    if (task.shown) continue;
    ++rest_.processes;
    rest_.resident_bytes += records[i].resident_bytes;
    rest_.threads += records[i].threads;
    if (task.known && !task.was_shown) rest_.cpu += task.used;
  }
}

// Joins the records with the tasks of the last update; both are in order of pid.
void TaskTable::follow(std::span<const ProcessRecord> records, Duration elapsed, bool rebaseline) {
  tasks_.swap(before_);
  tasks_.clear();
  const double weight = 1 - std::exp(-to_seconds(elapsed) / to_seconds(kCpuSmoothing));
  auto old = before_.begin();
  for (const ProcessRecord& record : records) {
    while (old != before_.end() && old->pid < record.pid) ++old;
    Task task{record.pid, record.started, record.cpu, {}, -1, false, false, false};
    if (old != before_.end() && old->pid == record.pid && old->started == record.started) {
      task.known = true;
      task.was_shown = old->shown;
      task.cpu = std::max(record.cpu, old->cpu);
      task.load = old->load;
      if (!rebaseline && elapsed > Duration::zero()) {
        task.used = task.cpu - old->cpu;
        const double load = to_seconds(task.used) / to_seconds(elapsed);
        task.load = task.load < 0 ? load : task.load + weight * (load - task.load);
      }
    }
    tasks_.push_back(task);
  }
}

bool TaskTable::is_asked_for_by_name(const ProcessName& name) const {
  const auto at = std::lower_bound(names_.begin(), names_.end(), name.view());
  return at != names_.end() && *at == name.view();
}

void TaskTable::show(uint32_t position) {
  if (tasks_[position].shown || shown_.size() == kMaxShown) return;
  tasks_[position].shown = true;
  shown_.push_back(position);
}

// Equal scores go by pid, so that the choice is the same in every pass.
template <class Score>
void TaskTable::show_top(uint32_t wanted, Score score) {
  ranking_.clear();
  for (uint32_t i = 0; i < tasks_.size(); ++i) {
    if (const double value = score(i); value > 0) ranking_.push_back({value, i});
  }
  const size_t count = std::min<size_t>(wanted, ranking_.size());
  std::partial_sort(ranking_.begin(), ranking_.begin() + static_cast<ptrdiff_t>(count),
                    ranking_.end(), [](const Ranked& a, const Ranked& b) {
                      return a.score != b.score ? a.score > b.score : a.position < b.position;
                    });
  for (size_t i = 0; i < count; ++i) show(ranking_[i].position);
}

}  // namespace anemon
