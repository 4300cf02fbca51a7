// Heat on Apple's machines: temperatures of the System Management Controller and of IOHID, fans,
// and the thermal pressure that macOS announces.
#pragma once

#include <memory>

#include "collectors/collector.h"
#include "collectors/collectors.h"

namespace anemon {

// `context.apple` is not null.
std::unique_ptr<Collector> make_apple_thermal(const CollectorContext& context);

}  // namespace anemon
