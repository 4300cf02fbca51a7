#include "collectors/apple/clock_keys.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace anemon {
namespace {

struct CpuRow {
  char tier;
  std::optional<uint32_t> cluster;  // unset: every
  std::array<std::string_view, 4> keys;
};

// The first row that fits is used.
constexpr std::array kCpuRows = {
    // M1 to M4 (macmon, all-smi; M2 Max and M4 Max dumps).
    CpuRow{'E', std::nullopt, {"voltage-states1-sram", "voltage-states1", "", ""}},
    CpuRow{'P', 0, {"voltage-states5-sram", "voltage-states5", "", ""}},
    // The second cluster of the Pro, Max and Ultra chips (M2 Max's device tree).
    CpuRow{
        'P',
        std::nullopt,
        {"voltage-states13-sram", "voltage-states13", "voltage-states5-sram", "voltage-states5"}},
    // M5 Pro and Max (macmon issue 47, SiliconScope issue 30).
    CpuRow{'M', 0, {"voltage-states22-sram", "voltage-states22", "", ""}},
    CpuRow{'M', 1, {"voltage-states23-sram", "voltage-states23", "", ""}},
};

// 9: every chip, macmon; 14: the same ladder, with more levels on chips whose graphics has as many
// states (M1 Pro, M2 Max and M5 Max device trees). Never 8, which is the Neural Engine's.
constexpr std::array<std::string_view, 5> kGpuKeys = {"voltage-states9-sram", "voltage-states9",
                                                      "voltage-states14-sram", "voltage-states14",
                                                      "voltage-states15"};

// Perf-domain 8 on M1, M2 Max, M4 Pro, M5 Max and M6; 29 is M6's second engine (device trees).
constexpr std::array<std::string_view, 2> kAneKeys = {"voltage-states8", "voltage-states29"};

std::string cpu_key(uint8_t table, bool sram) {
  return "voltage-states" + std::to_string(table) + (sram ? "-sram" : "");
}

// Tables of one tier by the hardware's own numbering, in which a higher number is a faster tier.
std::vector<std::string> keys_of_tier(const ClockTables& tables, char tier,
                                      std::string_view tiers_of_machine) {
  std::set<uint8_t> numbers;
  for (const ClusterEntry& entry : tables.clusters) numbers.insert(entry.tier);
  std::string present;
  for (const char letter : kTierOrder) {
    if (tiers_of_machine.find(letter) != std::string_view::npos) present += letter;
  }
  const size_t rank = present.find(tier);
  if (rank == std::string::npos || present.size() != numbers.size()) return {};
  const uint8_t number = *std::next(numbers.begin(), static_cast<std::ptrdiff_t>(rank));
  std::vector<std::string> keys;
  for (const ClusterEntry& entry : tables.clusters) {
    if (entry.tier != number) continue;
    keys.push_back(cpu_key(entry.table, true));
    keys.push_back(cpu_key(entry.table, false));
  }
  return keys;
}

}  // namespace

FoundLadder cpu_ladder(const ClockTables& tables, char tier, uint32_t cluster,
                       std::string_view tiers_of_machine, size_t levels) {
  FoundLadder found{{}, "no clock table", {}};
  const auto row = std::find_if(kCpuRows.begin(), kCpuRows.end(), [&](const CpuRow& candidate) {
    return candidate.tier == tier && (!candidate.cluster || *candidate.cluster == cluster);
  });
  if (row != kCpuRows.end()) {
    found = find_ladder(tables, row->keys, levels);
    if (!found.hertz.empty()) return found;
  }
  const std::vector<std::string> named = keys_of_tier(tables, tier, tiers_of_machine);
  const std::vector<std::string_view> keys(named.begin(), named.end());
  if (keys.empty()) return found;
  FoundLadder by_cluster = find_ladder(tables, keys, levels);
  if (by_cluster.hertz.empty()) return found;
  by_cluster.key = {};  // the name was ours
  return by_cluster;
}

FoundLadder gpu_ladder(const ClockTables& tables, size_t levels) {
  return find_ladder(tables, kGpuKeys, levels);
}

ClockLadder ane_clocks(const ClockTables& tables, uint32_t engine) {
  if (engine >= kAneKeys.size()) return {};
  const ClockTable* table = tables.find(kAneKeys[engine]);
  auto ladder = table == nullptr ? std::nullopt : decode_clocks(*table);
  if (!ladder) return {};
  ladder->erase(std::remove(ladder->begin(), ladder->end(), 0), ladder->end());
  return *std::move(ladder);
}

}  // namespace anemon
