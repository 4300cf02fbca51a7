// Which series a session keeps.
#pragma once

#include "core/catalogue.h"

namespace anemon {

enum class Recorded { never, always, of_its_pids };

Recorded recorded(Metric metric);

}  // namespace anemon
