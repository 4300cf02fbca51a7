#include "ctl/numbers.h"

#include <fmt/format.h>

#include <array>
#include <cmath>

namespace anemon {

std::string short_number(double value) {
  const bool whole = value == std::floor(value) && std::fabs(value) < 1e15;
  return whole ? fmt::format("{:.0f}", value) : fmt::format("{:.6g}", value);
}

std::string span_text(std::optional<double> seconds) {
  if (!seconds) return "-";
  const double value = *seconds;
  if (value < 0.9995) return fmt::format("{:.0f} ms", value * 1000);
  if (value < 59.95) return fmt::format("{:.1f} s", value);
  const auto whole = static_cast<long long>(std::llround(value));
  if (whole < 3600) return fmt::format("{} min {} s", whole / 60, whole % 60);
  if (whole < 86400) return fmt::format("{} h {} min", whole / 3600, whole % 3600 / 60);
  return fmt::format("{} d {} h", whole / 86400, whole % 86400 / 3600);
}

std::string bytes_text(std::optional<double> bytes) {
  if (!bytes) return "-";
  static constexpr std::array<const char*, 5> kUnits = {"B", "KiB", "MiB", "GiB", "TiB"};
  double value = *bytes;
  size_t unit = 0;
  while (value >= 1024 && unit + 1 < kUnits.size()) {
    value /= 1024;
    ++unit;
  }
  return fmt::format("{:.{}f} {}", value, unit == 0 ? 0 : 1, kUnits[unit]);
}

std::string instant_text(std::string_view instant) {
  if (instant.size() < 20 || instant[10] != 'T') return std::string(instant);
  return fmt::format("{} {}", instant.substr(0, 10), instant.substr(11, 8));
}

std::string clock_text(std::string_view instant) {
  const std::string shown = instant_text(instant);
  return shown.size() == 19 ? shown.substr(11) : shown;
}

std::string counted(double count, std::string_view noun) {
  return fmt::format("{} {}{}", short_number(count), noun, count == 1 ? "" : "s");
}

}  // namespace anemon
