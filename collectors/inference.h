// The `inference` collector: inferences that clients reported become the anemon_inference metrics.
#pragma once

#include <memory>

#include "collectors/collector.h"
#include "collectors/collectors.h"

namespace anemon {

// Counts, errors, items and durations are instruments, the energy (inference_energy.h) is sampled.
// Models, compute units and kinds of items come from outside: their number and length are bounded,
// and an event that does not fit is refused as a whole and counted by reason.
std::unique_ptr<Collector> make_inference(const CollectorContext& context);

}  // namespace anemon
