// The `self` collector: what the daemon itself uses of the machine, under the names that every
// Prometheus client library gives these figures.
#pragma once

#include <memory>

#include "collectors/collector.h"
#include "collectors/collectors.h"

namespace anemon {

std::unique_ptr<Collector> make_self(const CollectorContext& context);

}  // namespace anemon
