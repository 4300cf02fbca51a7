// The power manager's tables of clocks and voltages, raw, as the device tree holds them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace anemon {

// One property of `pmgr` whose name begins with "voltage-states": pairs of 32-bit little-endian
// words. What the first word means (hertz, kilohertz, a period) differs by key and chip; the second
// is millivolts, or all ones.
struct ClockTable {
  std::string key;  // "voltage-states8", "voltage-states5-sram"
  std::vector<std::pair<uint32_t, uint32_t>> entries;

  bool operator==(const ClockTable&) const = default;
};

// One entry of the property `acc-clusters`.
struct ClusterEntry {
  uint8_t table = 0;  // number in a table's key
  uint8_t tier = 0;   // as the hardware numbers them

  bool operator==(const ClusterEntry&) const = default;
};

struct ClockTables {
  std::vector<ClockTable> tables;      // sorted by key
  std::vector<ClusterEntry> clusters;  // empty where there is no such property

  const ClockTable* find(std::string_view key) const {
    for (const ClockTable& table : tables) {
      if (table.key == key) return &table;
    }
    return nullptr;
  }
};

// Of the live machine; empty when its device tree has none.
ClockTables read_clock_tables();

}  // namespace anemon
