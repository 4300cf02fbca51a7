// Which engines and compute units a comparison is of, and what they are called.
#pragma once

#include <string>
#include <vector>

#include "core/json.h"
#include "profiler/measure/model_run.h"
#include "profiler/measure/questions.h"

namespace anemon::profiler {

// One request for each run. Runners are started to ask what they can be asked for; one that does
// not start is kept as a run, which then tells why. An engine with a single choice is also asked
// for `all`, so that there is something to compare. `reload` is off.
std::vector<RunRequest> engines_to_compare(const CompareRequest& request);

// "coreml, cpu-and-ane"; where that is not enough, with the runner's command, or numbered.
std::vector<std::string> distinct_names(const std::vector<const ModelRun*>& runs);

// Runs of one engine that knows no compute units but the CPU compute the same, whatever they were
// asked for: a sentence.
std::vector<std::string> same_computations(const std::vector<const ModelRun*>& runs,
                                           const std::vector<std::string>& names);
bool all_the_same_computation(const std::vector<const ModelRun*>& runs);

}  // namespace anemon::profiler
