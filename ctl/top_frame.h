// What `top` shows: pure text out of two successive documents of metrics.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ctl/metrics_snapshot.h"

namespace anemon {

enum class TaskOrder { by_memory, by_cpu };

struct TopView {
  int width = 80;
  int height = 24;
  bool utf8 = false;
  bool color = false;
  bool paused = false;
  bool help = false;
  TaskOrder order = TaskOrder::by_cpu;
  std::string problem;  // why there is nothing newer
};

// At most `height` lines, each at most `width` columns wide. Without `before` (null), what needs a
// rate is "-".
std::vector<std::string> top_frame(const MetricsSnapshot& now, const MetricsSnapshot* before,
                                   const TopView& view);

// "14:51:02  gpu 71.25 W, system 120.50 W  cpu 18 %  memory 23.4 of 62.5 GiB  cpu 54.5 C".
std::string top_line(const MetricsSnapshot& now);

// Rates of anemon_task_cpu_seconds_total between two documents.
struct TaskRow {
  std::string pid, process;
  std::optional<double> cpu_ratio;  // 1 is one core
  std::optional<double> resident_bytes, threads;
};
std::vector<TaskRow> task_rows(const MetricsSnapshot& now, const MetricsSnapshot* before,
                               TaskOrder order);

}  // namespace anemon
