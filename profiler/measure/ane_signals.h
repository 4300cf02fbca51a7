// Whether the Neural Engine worked while the model ran, by each signal that was watched.
#pragma once

#include <vector>

#include "profiler/coreml/reconciliation.h"
#include "profiler/measure/observed.h"

namespace anemon::profiler {

// Absent where it was busy before the run already: that nothing was added shows nothing.
AneSignal judge_activity(const ActivitySignal& signal);

// Activity signals and the engine's energy; at least one, which is absent when nothing is known.
std::vector<AneSignal> ane_signals(const Observation& seen);

}  // namespace anemon::profiler
