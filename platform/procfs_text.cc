#include "platform/procfs_text.h"

#include <charconv>
#include <limits>

namespace anemon {
namespace {

constexpr bool is_blank(char c) { return c == ' ' || c == '\t'; }

// `123.45` in the C locale: what the kernel prints for fixed-point numbers.
std::optional<double> parse_fixed_point(std::string_view word) {
  const size_t dot = word.find('.');
  const auto whole = parse_decimal(word.substr(0, dot));
  if (!whole) return std::nullopt;
  double value = static_cast<double>(*whole);
  if (dot == std::string_view::npos) return value;
  const std::string_view digits = word.substr(dot + 1);
  const auto fraction = parse_decimal(digits);
  if (!fraction || digits.size() > 9) return std::nullopt;
  double scale = 1;
  for (size_t i = 0; i < digits.size(); ++i) scale *= 10;
  return value + static_cast<double>(*fraction) / scale;
}

}  // namespace

std::optional<uint64_t> parse_decimal(std::string_view text) {
  uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::string_view take_line(std::string_view& text) {
  const size_t end = text.find('\n');
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return line;
}

std::string_view take_word(std::string_view& text) {
  size_t begin = 0;
  while (begin < text.size() && is_blank(text[begin])) ++begin;
  size_t end = begin;
  while (end < text.size() && !is_blank(text[end])) ++end;
  const std::string_view word = text.substr(begin, end - begin);
  text.remove_prefix(end);
  return word;
}

std::optional<PidStat> parse_pid_stat(std::string_view text) {
  // All after the last parenthesis is numbers, so the last one ends the name, whatever is in it.
  const size_t open = text.find('(');
  const size_t close = text.rfind(')');
  if (open == std::string_view::npos || close == std::string_view::npos || close < open) {
    return std::nullopt;
  }
  PidStat stat{};
  stat.name = text.substr(open + 1, close - open - 1);
  std::string_view rest = text.substr(close + 1);
  if (const size_t end = rest.find('\n'); end != std::string_view::npos) rest = rest.substr(0, end);
  take_word(rest);  // state, field 3
  for (int field = 4; field <= 24; ++field) {
    const std::string_view word = take_word(rest);
    uint64_t* wanted = field == 14   ? &stat.user_ticks
                       : field == 15 ? &stat.system_ticks
                       : field == 20 ? &stat.threads
                       : field == 22 ? &stat.start_ticks
                       : field == 23 ? &stat.virtual_bytes
                       : field == 24 ? &stat.resident_pages
                                     : nullptr;
    if (wanted == nullptr) continue;
    const auto value = parse_decimal(word);
    if (!value) return std::nullopt;
    *wanted = *value;
  }
  return stat;
}

KeyValue parse_key_value(std::string_view line) {
  const size_t colon = line.find(':');
  if (colon == std::string_view::npos) return {};
  std::string_view rest = line.substr(colon + 1);
  KeyValue result{line.substr(0, colon), parse_decimal(take_word(rest))};
  const std::string_view unit = take_word(rest);
  if (unit == "kB" && result.value) {
    if (*result.value > std::numeric_limits<uint64_t>::max() / 1024) {
      result.value.reset();
    } else {
      *result.value *= 1024;
    }
  } else if (!unit.empty()) {
    result.value.reset();
  }
  return result;
}

std::optional<PressureLine> parse_pressure_line(std::string_view line) {
  constexpr std::string_view kTotal = "total=";
  const std::string_view kind = take_word(line);
  for (std::string_view word = take_word(line); !word.empty(); word = take_word(line)) {
    if (word.substr(0, kTotal.size()) != kTotal) continue;
    const auto total = parse_decimal(word.substr(kTotal.size()));
    if (!total) return std::nullopt;
    return PressureLine{kind, *total};
  }
  return std::nullopt;
}

std::optional<CoreTicks> parse_core_ticks(std::string_view line) {
  const std::string_view name = take_word(line);
  if (name.substr(0, 3) != "cpu") return std::nullopt;
  const auto core = parse_decimal(name.substr(3));
  if (!core || *core > std::numeric_limits<uint32_t>::max()) return std::nullopt;
  CoreTicks result;
  result.core = static_cast<uint32_t>(*core);
  for (uint64_t& ticks : result.ticks) {
    const std::string_view word = take_word(line);
    if (word.empty()) break;
    const auto value = parse_decimal(word);
    if (!value) return std::nullopt;
    ticks = *value;
    ++result.modes;
  }
  if (result.modes < 4) return std::nullopt;  // every kernel has user, nice, system, idle
  return result;
}

std::optional<std::array<double, 3>> parse_load_average(std::string_view text) {
  std::array<double, 3> loads{};
  for (double& load : loads) {
    const auto value = parse_fixed_point(take_word(text));
    if (!value) return std::nullopt;
    load = *value;
  }
  return loads;
}

std::optional<uint64_t> parse_boot_time(std::string_view proc_stat) {
  while (!proc_stat.empty()) {
    std::string_view line = take_line(proc_stat);
    if (take_word(line) == "btime") return parse_decimal(take_word(line));
  }
  return std::nullopt;
}

}  // namespace anemon
