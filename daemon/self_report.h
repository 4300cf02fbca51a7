// What the daemon tells about itself: the status document's values and the readings that belong to
// no collector. Thread safety: any thread.
#pragma once

#include <string>
#include <vector>

#include "core/instruments.h"
#include "core/reading.h"
#include "core/series_store.h"
#include "daemon/collector_runner.h"
#include "daemon/scheduler.h"
#include "exporters/status.h"

namespace anemon {

// anemon_build_info and anemon_host_info.
ReadingSource identity_readings(const HostFacts& host);

// anemon_store_*, anemon_series_*: of the groups of `store`, which outlives the source.
ReadingSource store_readings(const SeriesStore& store);

// The machine and the program, as a JSON object: what a session keeps as its environment.
std::string session_environment(const HostFacts& host);

// One line for each reason why signals cannot be read on this machine: refused ones as warnings,
// because somebody can do something about them, absent ones as information.
void log_unreadable(const std::vector<Signal>& signals, Log& log);

CollectorStatus collector_status(const CollectorRunner& runner, const Scheduler& scheduler,
                                 Instant now, Instant started);

}  // namespace anemon
