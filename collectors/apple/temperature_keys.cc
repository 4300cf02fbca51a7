#include "collectors/apple/temperature_keys.h"

#include <algorithm>
#include <array>

#include "collectors/apple/ane_chips.h"

namespace anemon {
namespace {

// In a pattern, '#' is a digit and '*' a digit or letter.
struct KeyRow {
  std::string_view pattern;
  std::string_view family;  // of chips; empty: every one
  std::string_view component;
  bool silicon;
};

// The first row that matches a key counts. "Dumps" are snapshots of the controllers of M1 to M5 and
// A18 machines.
constexpr std::array kKeys = {
    // Aggregates of the firmware: the die's average and highest (dumps: highest core sensor equals
    // TCMz on M1 Max, M1 Pro, A18; oshi 3531, macmon 12).
    KeyRow{"TCMb", "", "die", true},
    KeyRow{"TCMz", "", "die", true},
    // Cores: performance and efficiency (macmon; dumps). TpD*, Tpx*, Tex* are other things.
    KeyRow{"Tp#*", "", "cpu", true},
    KeyRow{"Te#*", "", "cpu", true},
    // The palm rest on every chip (dumps: 19 to 37 C whatever the die has).
    KeyRow{"Ts0P", "", "enclosure", false},
    KeyRow{"Ts1P", "", "enclosure", false},
    // Super cores; on other chips these keys are other parts of the die (macmon).
    KeyRow{"Ts#*", "M5", "cpu", true},
    KeyRow{"Tg#*", "", "gpu", true},
    KeyRow{"Tm#*", "", "memory", true},
    // Labels of Linux's driver for this controller, arch/arm64/boot/dts/apple/hwmon-*.dtsi.
    KeyRow{"TB#T", "", "battery", false},
    KeyRow{"TCHP", "", "power", false},
    KeyRow{"TH0x", "", "disk", false},
    KeyRow{"TW0P", "", "network", false},
};

// Performance cores that are switched off say this (M3 Max, M4 Pro and M4 Max dumps: 48 to 51 keys
// each, and the aggregates when all are off).
constexpr double kParkedConstant = 40.0;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

bool matches(std::string_view pattern, std::string_view key) {
  return pattern.size() == key.size() &&
         std::equal(pattern.begin(), pattern.end(), key.begin(), [](char wanted, char c) {
           if (wanted == '#') return is_digit(c);
           if (wanted == '*') return is_digit(c) || is_letter(c);
           return wanted == c;
         });
}

const KeyRow* row_of(const SmcKey& key, std::string_view family) {
  if (key.type != "flt ") return nullptr;
  for (const KeyRow& row : kKeys) {
    if ((row.family.empty() || row.family == family) && matches(row.pattern, key.name)) return &row;
  }
  return nullptr;
}

struct ProductRow {
  std::string_view prefix;  // before the sensor's number
  std::string_view suffix;  // behind it
  HidComponent component;
};

// Products as tools list them (macmon, mactop, stats); `tdev` is no temperature of a die.
constexpr std::array kProducts = {
    ProductRow{"pACC MTR Temp Sensor", "", {"cpu", true}},
    ProductRow{"eACC MTR Temp Sensor", "", {"cpu", true}},
    ProductRow{"GPU MTR Temp Sensor", "", {"gpu", true}},
    ProductRow{"ANE MTR Temp Sensor", "", {"ane", true}},
    ProductRow{"SOC MTR Temp Sensor", "", {"die", true}},
    ProductRow{"ISP MTR Temp Sensor", "", {"isp", true}},
    ProductRow{"PMGR SOC Die Temp Sensor", "", {"die", true}},
    ProductRow{"PMU tdie", "", {"die", true}},
    ProductRow{"PMU2 tdie", "", {"die", true}},
    ProductRow{"PMU tdev", "", {"board", false}},
    ProductRow{"PMU2 tdev", "", {"board", false}},
    ProductRow{"NAND CH", " temp", {"disk", false}},
    ProductRow{"gas gauge battery", "", {"battery", false}},
};

bool is_product(const ProductRow& row, std::string_view product) {
  if (!product.starts_with(row.prefix)) return false;
  product.remove_prefix(row.prefix.size());
  while (!product.empty() && is_digit(product.front())) product.remove_prefix(1);
  return product == row.suffix;
}

}  // namespace

std::vector<TemperatureKey> temperature_keys(std::span<const SmcKey> keys, std::string_view chip) {
  const std::string_view family = chip_family(chip);
  std::vector<TemperatureKey> all;
  for (size_t i = 0; i < keys.size(); ++i) {
    const KeyRow* row = row_of(keys[i], family);
    if (row != nullptr) all.push_back({i, row->component, row->silicon});
  }
  std::stable_sort(all.begin(), all.end(), [](const TemperatureKey& a, const TemperatureKey& b) {
    return a.component < b.component;
  });
  std::vector<TemperatureKey> chosen;
  for (auto first = all.begin(); first != all.end();) {
    const auto last = std::find_if(first, all.end(), [&](const TemperatureKey& key) {
      return key.component != first->component;
    });
    const auto count = static_cast<size_t>(last - first);
    const size_t wanted = std::min(count, kMostKeys);
    for (size_t i = 0; i < wanted; ++i) {
      chosen.push_back(*(first + static_cast<std::ptrdiff_t>(i * count / wanted)));
    }
    first = last;
  }
  return chosen;
}

bool is_parked(const TemperatureKey& key, double celsius) {
  if (!key.silicon) return celsius == 0;
  const bool core_or_die = key.component == "cpu" || key.component == "die";
  return celsius < kColdestSilicon || (core_or_die && celsius == kParkedConstant);
}

HidComponent hid_component(std::string_view product) {
  for (const ProductRow& row : kProducts) {
    if (is_product(row, product)) return row.component;
  }
  return {{}, false};
}

}  // namespace anemon
