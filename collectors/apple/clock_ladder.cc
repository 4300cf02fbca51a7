#include "collectors/apple/clock_ladder.h"

#include <algorithm>
#include <cmath>
#include <string>

namespace anemon {
namespace {

constexpr double kPeriodHertz = 65536e9;  // a period's word times its clock
constexpr double kSlowest = 100e6;        // of any engine, in hertz
constexpr double kFastest = 10e9;
constexpr double kWrap = 4294967296.0;
constexpr double kBeforeWrap = 3.5e9, kAfterWrap = 1e9;
constexpr double kAgreement = 0.005;
constexpr std::string_view kSuffix = "-sram";

template <class Test>
bool all_clocks(const ClockTable& table, Test test) {
  return std::all_of(table.entries.begin(), table.entries.end(),
                     [&](const auto& entry) { return entry.first == 0 || test(entry.first); });
}

bool falls(const ClockTable& table) {
  double last = 0;
  bool fell = false;
  for (const auto& [word, millivolts] : table.entries) {
    if (word == 0) continue;
    if (last != 0 && word > last) return false;
    fell = fell || (last != 0 && word < last);
    last = word;
  }
  return fell;
}

// Rounded to the megahertz: a period's word is no finer.
double from_period(uint32_t word) {
  return std::round(kPeriodHertz / static_cast<double>(word) * 1e-6) * 1e6;
}

std::optional<ClockLadder> decode_hertz(const ClockTable& table) {
  ClockLadder ladder;
  double before = 0;
  for (const auto& [word, millivolts] : table.entries) {
    double hertz = word;
    if (word != 0 && before > kBeforeWrap && hertz < kAfterWrap) hertz += kWrap;
    if (word != 0 && (hertz < kSlowest || hertz > kFastest)) return std::nullopt;
    ladder.push_back(hertz);
    if (word != 0) before = hertz;
  }
  return ladder;
}

// As many as there are levels, "off" not being one.
ClockLadder without_off(ClockLadder ladder) {
  if (!ladder.empty() && ladder.front() == 0) ladder.erase(ladder.begin());
  return ladder;
}

bool agree(const ClockLadder& a, const ClockLadder& b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](double x, double y) {
           return std::abs(x - y) <= kAgreement * std::max(x, y);
         });
}

}  // namespace

std::optional<ClockLadder> decode_clocks(const ClockTable& table) {
  if (std::none_of(table.entries.begin(), table.entries.end(),
                   [](const auto& entry) { return entry.first != 0; })) {
    return std::nullopt;
  }
  const auto in = [](double low, double high) {
    return [low, high](double word) { return word >= low && word <= high; };
  };
  ClockLadder ladder;
  if (falls(table) && all_clocks(table, in(kPeriodHertz / kFastest, kPeriodHertz / kSlowest))) {
    for (const auto& entry : table.entries) {
      ladder.push_back(entry.first == 0 ? 0 : from_period(entry.first));
    }
    return ladder;
  }
  if (!falls(table) && all_clocks(table, in(kSlowest / 1e3, kFastest / 1e3))) {
    for (const auto& entry : table.entries) ladder.push_back(1e3 * entry.first);
    return ladder;
  }
  return decode_hertz(table);
}

FoundLadder find_ladder(const ClockTables& tables, std::span<const std::string_view> keys,
                        size_t levels) {
  bool found = false;
  for (const std::string_view key : keys) {
    const ClockTable* table = tables.find(key);
    if (table == nullptr) continue;
    found = true;
    const auto decoded = decode_clocks(*table);
    if (!decoded) continue;
    ClockLadder ladder = without_off(*decoded);
    if (ladder.size() != levels || std::find(ladder.begin(), ladder.end(), 0) != ladder.end()) {
      continue;
    }
    if (key.ends_with(kSuffix)) {
      const ClockTable* plain = tables.find(key.substr(0, key.size() - kSuffix.size()));
      const auto other = plain == nullptr ? std::nullopt : decode_clocks(*plain);
      if (other && without_off(*other).size() == levels && !agree(without_off(*other), ladder)) {
        return {{}, "clock tables contradict each other", {}};
      }
    }
    return {std::move(ladder), "", key};
  }
  return {{}, found ? "clock table does not fit the states" : "no clock table", {}};
}

}  // namespace anemon
