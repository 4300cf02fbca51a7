#include "exporters/page/amounts.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace anemon {
namespace {

// The largest of ascending units in which the number is at least 1.
template <size_t N>
std::string scaled(double value, double step, const std::array<std::string_view, N>& units) {
  size_t unit = 0;
  // 999.6 would be shown as 1000 of the smaller unit.
  while (unit + 1 < N && std::abs(value) >= step * 0.9995) {
    value /= step;
    ++unit;
  }
  return fmt::format("{} {}", short_number(value), units[unit]);
}

}  // namespace

std::string short_number(double value) {
  const double size = std::abs(value);
  if (size == 0) return "0";
  if (size < 0.001) return value < 0 ? "> -0.001" : "< 0.001";
  if (size < 0.9995) return fmt::format("{:.3f}", value);
  if (size < 9.995) return fmt::format("{:.2f}", value);
  if (size < 99.95) return fmt::format("{:.1f}", value);
  return fmt::format("{:.0f}", value);
}

std::string watts_text(double watts) {
  if (watts != 0 && std::abs(watts) < 0.9995) {
    return fmt::format("{} mW", short_number(watts * 1000));
  }
  return fmt::format("{} W", short_number(watts));
}

std::string joules_text(double joules) {
  return scaled(joules, 1000, std::array<std::string_view, 3>{"J", "kJ", "MJ"});
}

std::string bytes_text(double bytes) {
  return scaled(bytes, 1024, std::array<std::string_view, 5>{"B", "KiB", "MiB", "GiB", "TiB"});
}

std::string ratio_text(double ratio) { return fmt::format("{} %", short_number(ratio * 100)); }

std::string hertz_text(double hertz) { return fmt::format("{} MHz", short_number(hertz / 1e6)); }

std::string span_text(Duration span) {
  const auto seconds = std::max<int64_t>(0, std::chrono::floor<std::chrono::seconds>(span).count());
  if (seconds < 60) return fmt::format("{} s", seconds);
  const auto both = [](int64_t large, const char* unit, int64_t small, const char* rest) {
    return small == 0 ? fmt::format("{} {}", large, unit)
                      : fmt::format("{} {} {} {}", large, unit, small, rest);
  };
  if (seconds < 3600) return fmt::format("{} min", seconds / 60);
  if (seconds < 86'400) return both(seconds / 3600, "h", seconds / 60 % 60, "min");
  return both(seconds / 86'400, "d", seconds / 3600 % 24, "h");
}

}  // namespace anemon
