// The loop that calls the model and takes the times: nothing else happens between two calls but
// storing numbers where there is room for them.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "core/clock.h"
#include "profiler/engine.h"
#include "profiler/runner/protocol.h"

namespace anemon::profiler {

// Calls `model` until what `request` asks for is reached. `report` gets each chunk of samples
// between two calls; false ends it. When a call throws, what was measured before is reported first.
Predicted measure(LoadedModel& model, const PredictRequest& request, const Clock& clock,
                  const std::function<bool(const Samples&)>& report);

}  // namespace anemon::profiler
