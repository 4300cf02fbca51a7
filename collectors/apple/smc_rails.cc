#include "collectors/apple/smc_rails.h"

#include <algorithm>
#include <array>

#include "collectors/apple/smc_value.h"

namespace anemon {
namespace {

struct Row {
  std::string_view chip;  // "": any. A name means all its variants: "Apple M5" the Max too
  bool exact_chip;
  std::string_view component;
  std::array<std::string_view, 5> keys;
  Provenance provenance;
};

constexpr std::array kRows = {
    // Whole machine; Linux's macsmc driver calls the first two Total System and AC Input Power.
    Row{"", false, "system", {"PSTR"}, Provenance::measured},
    Row{"", false, "ac_input", {"PDTR"}, Provenance::measured},
    Row{"", false, "battery", {"PPBR"}, Provenance::measured},
    // A18 Pro: the processor's counter stands at 0 even at full load.
    Row{"Apple A18", false, "cpu", {"PZC0"}, Provenance::estimated},
    // M3 Max on macOS 27 (macmon #77); no other chip's keys are known.
    Row{"Apple M3 Max",
        true,
        "cpu",
        {"PC02", "PC03", "PC42", "PC43", "PP5b"},
        Provenance::estimated},
    // Memory on M5 and M6.
    Row{"Apple M5", false, "dram", {"PP2b", "PP4b"}, Provenance::estimated},
    Row{"Apple M6", false, "dram", {"PP2b", "PP4b"}, Provenance::estimated},
    // The rail of the Neural Engine and of the fast cores together.
    Row{"Apple M4", false, "rail_pp0b", {"PP0b"}, Provenance::measured},
    Row{"Apple M5", false, "rail_pp0b", {"PP0b"}, Provenance::measured},
    Row{"Apple M6", false, "rail_pp0b", {"PP0b"}, Provenance::measured},
};

bool is_chip(std::string_view chip, std::string_view wanted, bool exact) {
  if (wanted.empty() || chip == wanted) return true;
  return !exact && chip.starts_with(wanted) && chip[wanted.size()] == ' ';
}

std::optional<size_t> find_key(std::span<const SmcKey> keys, std::string_view name) {
  const auto key = std::find_if(keys.begin(), keys.end(),
                                [&](const SmcKey& known) { return known.name == name; });
  if (key == keys.end()) return std::nullopt;
  return static_cast<size_t>(key - keys.begin());
}

}  // namespace

std::vector<SmcRail> smc_rails(std::string_view chip, std::span<const SmcKey> keys) {
  std::vector<SmcRail> rails;
  for (const Row& row : kRows) {
    if (!is_chip(chip, row.chip, row.exact_chip)) continue;
    SmcRail rail{row.component, {}, row.provenance};
    bool complete = true;
    for (const std::string_view name : row.keys) {
      if (name.empty()) break;
      const std::optional<size_t> key = find_key(keys, name);
      complete = complete && key;
      if (key) rail.keys.push_back(*key);
    }
    if (complete) rails.push_back(std::move(rail));
  }
  return rails;
}

const char* no_ane_rail(std::string_view chip) {
  for (const Row& row : kRows) {
    if (row.component == "rail_pp0b" && is_chip(chip, row.chip, row.exact_chip)) {
      // Less the cores' share, which is known only from another clock and in steps of a watt, one
      // to two watts of error are left: more than an engine uses that works a little.
      return "its rail feeds processor cores too";
    }
  }
  return nullptr;
}

std::optional<double> smc_watts(const SmcKey& key, const SmcValue& value) {
  if (key.type != "flt " && key.type != "ioft") return std::nullopt;
  return smc_number(key, value);
}

}  // namespace anemon
