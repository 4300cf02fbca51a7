#include "core/duration.h"

#include <array>
#include <cstdint>
#include <limits>

namespace anemon {
namespace {

struct Unit {
  std::string_view name;
  int64_t nanoseconds;
};
constexpr std::array<Unit, 7> kUnits = {{{"d", 86'400'000'000'000},
                                         {"h", 3'600'000'000'000},
                                         {"m", 60'000'000'000},
                                         {"s", 1'000'000'000},
                                         {"ms", 1'000'000},
                                         {"us", 1'000},
                                         {"ns", 1}}};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

size_t digits(std::string_view text) {
  size_t count = 0;
  while (count < text.size() && is_digit(text[count])) ++count;
  return count;
}

// sum += count * unit, or false when that does not fit.
bool add_product(int64_t count, int64_t unit, int64_t& sum) {
  if (count > (std::numeric_limits<int64_t>::max() - sum) / unit) return false;
  sum += count * unit;
  return true;
}

// "1.5" of a unit, added to `sum`.
bool add_number(std::string_view whole, std::string_view fraction, int64_t unit, int64_t& sum) {
  int64_t count = 0;
  for (const char c : whole) {
    const int64_t digit = c - '0';
    if (count > (std::numeric_limits<int64_t>::max() - digit) / 10) return false;
    count = count * 10 + digit;
  }
  if (!add_product(count, unit, sum)) return false;
  for (const char c : fraction) {
    if (unit % 10 != 0) {
      if (c != '0') return false;
      continue;
    }
    unit /= 10;
    if (!add_product(c - '0', unit, sum)) return false;
  }
  return true;
}

// `count` nanoseconds as a decimal number of `unit`; empty when that is below 1 or does not end.
std::string decimal(uint64_t count, uint64_t unit) {
  if (count < unit && unit != 1) return {};
  std::string text = std::to_string(count / unit);
  uint64_t rest = count % unit;
  if (rest != 0) text += '.';
  while (rest != 0) {
    if (unit % 10 != 0) return {};
    unit /= 10;
    text += static_cast<char>('0' + rest / unit);
    rest %= unit;
  }
  return text;
}

}  // namespace

std::optional<Duration> parse_duration(std::string_view text) {
  if (text.empty()) return std::nullopt;
  int64_t sum = 0;
  auto unit = kUnits.begin();
  while (!text.empty()) {
    const std::string_view whole = text.substr(0, digits(text));
    if (whole.empty()) return std::nullopt;
    text.remove_prefix(whole.size());
    std::string_view fraction;
    if (text.starts_with('.')) {
      fraction = text.substr(1, digits(text.substr(1)));
      if (fraction.empty()) return std::nullopt;
      text.remove_prefix(1 + fraction.size());
    }
    size_t length = 0;
    while (length < text.size() && !is_digit(text[length])) ++length;
    const std::string_view name = text.substr(0, length);
    while (unit != kUnits.end() && unit->name != name) ++unit;
    if (unit == kUnits.end() || !add_number(whole, fraction, unit->nanoseconds, sum)) {
      return std::nullopt;
    }
    text.remove_prefix(length);
    ++unit;
  }
  return Duration(sum);
}

std::string format_duration(Duration duration) {
  if (duration == Duration::zero()) return "0s";
  const bool negative = duration < Duration::zero();
  const auto bits = static_cast<uint64_t>(duration.count());
  const uint64_t count = negative ? 0 - bits : bits;
  std::string shortest;
  for (const Unit& unit : kUnits) {
    const std::string number = decimal(count, static_cast<uint64_t>(unit.nanoseconds));
    if (number.empty()) continue;
    const std::string text = number + std::string(unit.name);
    if (shortest.empty() || text.size() < shortest.size()) shortest = text;
  }
  return (negative ? "-" : "") + shortest;
}

}  // namespace anemon
