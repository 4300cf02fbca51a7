// A small table of collectors, so that these tests do not change with the real one.
#pragma once

#include <array>

#include "core/collector_spec.h"

namespace anemon::test {

inline constexpr std::array<CollectorSpec, 3> kCollectors = {{
    {"energy", true, std::chrono::seconds(1), true, 64, "Joules by component."},
    {"memory", true, std::chrono::seconds(1), false, 32, "Memory of the machine."},
    {"tasks", false, std::chrono::seconds(2), true, 512, "Processes."},
}};

}  // namespace anemon::test
