// The `cpu` collector: what every processor core did with its time, and the load averages.
#pragma once

#include <memory>

#include "collectors/collector.h"
#include "collectors/collectors.h"

namespace anemon {

// anemon_cpu_seconds_total never falls: see CounterFloor. anemon_active_ratio{domain="cpu"} is the
// share of the cores' time since the last pass in which they were neither idle nor waiting for
// input and output, over the cores that were online in both passes.
std::unique_ptr<Collector> make_cpu(const CollectorContext& context);

}  // namespace anemon
