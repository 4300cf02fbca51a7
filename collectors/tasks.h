// The `tasks` collector: a bounded set of processes in full, and the sum of the rest.
#pragma once

#include <memory>

#include "collectors/collector.h"
#include "collectors/collectors.h"

namespace anemon {

// Shown are the processes of the selection (its pids include those of open sessions), the greatest
// by memory and by recent processor time (task_table.h). All others are process="other" without a
// pid: resident memory, threads and processor time. Names are made valid UTF-8.
std::unique_ptr<Collector> make_tasks(const CollectorContext& context);

}  // namespace anemon
