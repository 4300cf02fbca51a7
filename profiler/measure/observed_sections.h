// Those sections of a document that an observation alone makes, for a run and for a program that is
// merely watched.
#pragma once

#include <optional>
#include <string>

#include "core/json.h"
#include "profiler/measure/model_run.h"
#include "profiler/measure/observer.h"

namespace anemon::profiler {

// What was done with the energy.
struct WorkDone {
  std::optional<double> inferences_per_second;  // above 0, over all of the time observed
  std::string why_no_rate;
  const Json* throughput = nullptr;  // the document's section, for its effective TOPS
  double session_begins = 0;         // in seconds on the document's timelines
};

Json power_of(const Observation& seen, const WorkDone& work);
Json ane_of(const Observation& seen);
Json environment_of(const Observation& seen, const ModelRun* run);  // null: no engine of ours

}  // namespace anemon::profiler
