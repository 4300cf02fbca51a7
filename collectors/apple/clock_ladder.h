// The clocks of one table of the power manager in hertz, whatever its words mean.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "platform/clock_tables.h"

namespace anemon {

// In the table's order; an entry of 0 is "off". Not always ascending: graphics tables are not.
using ClockLadder = std::vector<double>;

// What a table's first words are is told by the data: periods fall from entry to entry and are
// 65536e9 / hertz, kilohertz lie below 10^7, hertz above 10^8. Hertz beyond 32 bits wrapped, and
// are unwrapped where a clock above 3.5 GHz is followed by one below 1 GHz. Unset when it is none
// of these.
std::optional<ClockLadder> decode_clocks(const ClockTable& table);

// The ladder for `levels` levels out of the first of `keys` that fits, with off as a level or not.
struct FoundLadder {
  ClockLadder hertz;         // exactly one per level, empty when none fits
  const char* problem = "";  // why none
  std::string_view key;      // of the table it is from
};
// The tables of a key without its suffix "-sram" and with it must agree where both are there.
FoundLadder find_ladder(const ClockTables& tables, std::span<const std::string_view> keys,
                        size_t levels);

}  // namespace anemon
