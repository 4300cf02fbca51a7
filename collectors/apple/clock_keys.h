// Which of the power manager's tables holds whose clocks.
#pragma once

#include <string_view>

#include "collectors/apple/clock_ladder.h"
#include "collectors/apple/performance_channels.h"

namespace anemon {

// The ladder of a processor tier's cluster for as many levels as its states have. Chips that no row
// knows are found through `acc-clusters`, where the hardware says which table is which tier's.
FoundLadder cpu_ladder(const ClockTables& tables, char tier, uint32_t cluster,
                       std::string_view tiers_of_machine, size_t levels);
FoundLadder gpu_ladder(const ClockTables& tables, size_t levels);

// All clocks of a Neural Engine, however many there are.
ClockLadder ane_clocks(const ClockTables& tables, uint32_t engine);

}  // namespace anemon
